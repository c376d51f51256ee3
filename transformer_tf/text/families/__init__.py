"""Families: how each published family's own files become a tokenizer."""
