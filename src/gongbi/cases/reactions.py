"""What cases does when told."""
