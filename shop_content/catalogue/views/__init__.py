"""Views of the catalogue, a module a subject."""
