"""A model of the course; see its card and its script."""
