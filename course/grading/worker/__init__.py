"""The judge: holds seeds and references, talks to one submission. Trusted."""
