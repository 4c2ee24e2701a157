"""Trying a journey with one made-up person."""
