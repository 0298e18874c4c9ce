"""Plays the day of a drawn city through the product's own doors."""
