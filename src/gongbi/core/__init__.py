"""Core: who and where. Places, units, people, scope, working time, journal, sealed words, packs.

It knows nothing of cases, sensors or services; they stand on it.
"""
