"""A small causal language model of English and Spanish; see README.md."""
