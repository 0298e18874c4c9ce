"""Ways out to people: a message waits in a table, is written when it is sent, and goes once.

No table holds an address or a word of a message: the part that owes it writes it at the moment of
sending, so that who was forgotten, or wants no more, gets nothing.
"""
