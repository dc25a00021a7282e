"""An approved version onto the product record, and back."""
