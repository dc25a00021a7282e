"""Views of keywords, a module a subject."""
