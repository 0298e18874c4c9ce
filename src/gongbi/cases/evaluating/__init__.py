"""How matters of a period went, as shares: by unit, place, type or month; never by person.

The handler's word and the resident's are two figures here too, and beside what looks good stands
what would show that it was made to look so.
"""
