"""Trying a pack on recorded cases: what would have gone elsewhere, or had another deadline.

Nothing is written. It is no forecast: it says what the rules would have answered to what is known
of each case today, not what people would have made of it.
"""
