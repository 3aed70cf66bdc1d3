"""Reports of a projection."""
