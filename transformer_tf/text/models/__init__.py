"""Models: how one piece of text becomes tokens of a vocabulary."""
