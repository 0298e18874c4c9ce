"""Pages that show several parts at once: home, operation centre, handover, brief, search.

It decides nothing about cases or levels; it asks the parts by their doors and lays the answers
side by side. Its only own nouns are shifts: who took what over from whom, line by line.
"""
