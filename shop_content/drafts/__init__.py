"""Immutable, numbered, fingerprinted versions of a draft."""
