"""Assets of a city: squares to find them by, and their names in what people write."""
