"""What others may ask: draw a fictional city, or start a real town from one spreadsheet."""

from __future__ import annotations

from gongbi.generator.drawing import CitySummary, draw_city
from gongbi.generator.example_sheet import write_example_sheet
from gongbi.generator.sheet_reading import SheetFault, SheetRefused
from gongbi.generator.town import town_from_sheet

__all__ = [
    "CitySummary",
    "SheetFault",
    "SheetRefused",
    "draw_city",
    "town_from_sheet",
    "write_example_sheet",
]
