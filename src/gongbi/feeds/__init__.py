"""Feeds: how a file of the real world becomes observations or reports. No Django, no clock."""
