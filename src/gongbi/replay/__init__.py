"""Replay: plays recorded files through the same doors as live input. It speaks HTTP only."""
