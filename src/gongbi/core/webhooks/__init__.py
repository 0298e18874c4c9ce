"""Telling other systems what happened: facts of the journal, as CloudEvents over HTTP.

It is not the outbox: that runs the city's own reactions. A webhook is owed only what its
application may hear, at least once, under an id that stays.
"""
