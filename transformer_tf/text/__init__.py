"""Tokenizers: text to ids and back, by steps that can be read one at a time."""
