"""The hotline desk: one screen for the person on the telephone, and calling people back.

It is not a switchboard: it rings nobody and records no voice. It notes what was asked, what was
answered, who took over, and it goes to `cases` for everything that must be kept for the resident.
"""
