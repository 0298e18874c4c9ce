"""Drawing a city that never was: land, water, streets, blocks, buildings, pipes and metro.

All in plain metres on a plane; no names, no files, no clock.
"""
