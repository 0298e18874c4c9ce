"""Finding a case: by its number, by what it is and where, and by what people wrote.

What people wrote lies sealed; it is found by keyed marks (decision 6).
"""
