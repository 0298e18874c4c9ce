"""Vitals: the city's signs. Indicators as data, levels as the engine judged, alerts as episodes.

It judges nothing itself: the engine does, from the log alone. It writes no case: it asks for one.
"""
