"""The check-up of a place over a period: gathered from the parts, judged, and laid on paper.

``periods`` says which days; ``gathering`` asks the parts; ``judging`` scores and compares with the
kernel's help; ``advice`` says what to do and why; ``paper`` words it, ``drawing`` draws it,
``typeset`` makes the PDF. The web page and the PDF are one paper laid out twice.
"""
