"""Files that come in, looked at for malware before anybody opens them.

The parts keep the files; here stands what still waits to be looked at, and what was found. A file
that was accepted is never lost: it waits, sealed, for as long as the scanner cannot be reached.
"""
