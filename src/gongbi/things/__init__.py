"""Things: what senses, where it stands and what it measures, as OGC SensorThings API 1.1 says.

It keeps entities and whole observations, and answers any query over them. It judges nothing: a
number that an indicator reads is sent on to the log, once. Bulk senders use the ingest port.
"""
