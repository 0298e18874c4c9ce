"""Draws a whole fictional city, or starts a real town from one spreadsheet, as a city pack.

It writes files and speaks to nobody; it knows no Django and asks the kernel for every shape.
"""
