"""The library on a GPU beside its peers: one call, one table."""
