"""From a window's value to a level, and from levels to episodes."""
