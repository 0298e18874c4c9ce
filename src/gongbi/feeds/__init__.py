"""Feeds: reading the real world's files by a mapping. No Django, no database, no network."""
