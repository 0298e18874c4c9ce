"""Sensing's spine: the door for readings, the log, and the engine that turns rows into levels.

It is not a database, knows no person and no case, and never imports Django: the web never waits
for the engine, and the engine never talks to the web.
"""
