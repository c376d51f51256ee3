"""Normalizers: what is rewritten before a text is cut."""
