"""Measure what drafts are worth: on a frozen set, row by row of a table, with intervals."""
