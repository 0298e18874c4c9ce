"""A city's HTTP doors as another system knocks at them."""
