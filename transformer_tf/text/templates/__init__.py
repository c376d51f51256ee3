"""Templates: the special tokens round one text or two."""
