"""What cases does when told. Nothing yet: what it needs to know it is asked to do by its door."""
