"""Views of the desk: each parses, authorises, asks and renders."""
