"""Rows of sensors: reading them from text, finding their slots, folding them into windows."""
