"""Unicode as the tokenizers of the world see it: generated, committed, compared."""
