"""Runs and jobs, prompts, workers: from a brief to the text of a draft."""
