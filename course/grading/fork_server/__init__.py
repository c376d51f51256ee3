"""Imports TensorFlow once and forks; holds nothing that is secret."""
