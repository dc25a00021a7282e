"""What a merchant asks for: briefs, and the questions we ask back."""
