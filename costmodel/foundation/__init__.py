"""What every layer builds on: errors, units, reading, beliefs and spreads."""
