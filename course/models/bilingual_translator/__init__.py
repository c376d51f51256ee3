"""A small translator of short phrases between English and Spanish; see README.md."""
