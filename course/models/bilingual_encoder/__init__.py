"""A masked encoder of English and Spanish: commands for a house, and a little more."""
