"""Replay: recorded days played through the same doors as live input. Speaks HTTP only."""
