"""Floor 6. Questions that take several runs of a deal."""
