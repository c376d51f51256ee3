"""Exact attention in memory that grows with the length, not with its square.

`blockwise.py` is the function and its gradient, `kernel.py` one block of queries,
`tiling.py` which keys each block reads, `ordering.py` one block after another.
"""
