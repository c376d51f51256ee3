"""Our layers beside named peers, in one run; `python -m benchmarks` prints a table."""
