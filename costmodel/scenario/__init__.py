"""The scenario: its schema, loading and overrides, and writing it back."""
