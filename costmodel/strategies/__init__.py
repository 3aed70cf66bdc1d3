"""The mathematics of strategies: pure functions on arrays."""
