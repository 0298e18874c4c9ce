"""Things' door: the ASGI callable for the web, and what parts above may ask."""

from gongbi.things.door import application, is_ours

__all__ = ["application", "is_ours"]
