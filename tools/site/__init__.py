"""The documentation site's parts that are made when it is built."""
