"""The commands of `transformer-course`, one module each."""
