"""Telling people outside the house of what they asked to be told: by mail, by text message.

Nobody is told who did not ask; a message holds a number, a unit and a link, and no word, place or
name of anybody.
"""
