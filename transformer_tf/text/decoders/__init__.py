"""Decoders: from tokens back to text."""
