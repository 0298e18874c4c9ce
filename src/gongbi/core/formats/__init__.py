"""How dates are written, where Django's way is not the city's."""
