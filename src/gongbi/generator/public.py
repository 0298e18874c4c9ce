"""What others may ask: draw a fictional city, or start a real town from one spreadsheet."""

from __future__ import annotations

from gongbi.generator.drawing import CitySummary, draw_city

__all__ = ["CitySummary", "draw_city"]
