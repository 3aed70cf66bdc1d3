"""The engine: from a scenario and prices to a projection."""
