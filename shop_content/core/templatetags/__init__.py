"""Template tags that every stage may use."""
