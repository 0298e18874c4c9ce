"""Reading what people write, in Chinese of either script and in English."""
