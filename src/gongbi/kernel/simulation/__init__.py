"""A city's day drawn from a seed: rhythms of sensors, incidents, and what people say and do."""
