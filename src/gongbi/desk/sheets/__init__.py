"""Sheets of square codes: labels to be printed and stuck on assets."""
