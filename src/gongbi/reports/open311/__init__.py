"""Open311 GeoReport v2: other cities' apps report here and read what is public.

It owns no case: what comes in becomes a signal, what goes out is asked of cases.
"""
