"""Verdicts of the rules on one version of a draft."""
