"""CSV files of shops: read, matched to our fields, written back."""
