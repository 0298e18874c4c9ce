"""Reports: the front doors of words. A resident's page, the clerk's counter, an officer's file.

It owns no case: what people say goes down to ``cases`` as signals, and what becomes of it is
asked there.
"""
