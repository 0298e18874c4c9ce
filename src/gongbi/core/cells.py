"""Cells of a table that people open in a spreadsheet."""

FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def unarmed(cell: object) -> object:
    """A cell that a spreadsheet shows and does not run; what is no text stays as it is."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell
