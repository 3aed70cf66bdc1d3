"""The second oracle: a slow simulator that draws people, conversations, turns and calls."""
