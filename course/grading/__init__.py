"""Grading: what is configured, rebuilt, run and recorded for a class."""
