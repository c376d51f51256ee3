"""Grading a class: untrusted notebooks in, verdicts that nobody can forge out."""
