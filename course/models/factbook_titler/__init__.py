"""A small writer of titles for short texts about countries; see README.md."""
