"""The evaluation: how matters of a place and period went, with definitions beside the figures."""
