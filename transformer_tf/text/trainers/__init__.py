"""Trainers: how a vocabulary comes out of text."""
