"""Views of runs and of prompts, a module a subject."""
