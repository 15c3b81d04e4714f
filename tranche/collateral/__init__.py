"""Floor 2. What secures the debt: the user's own cash flows, or a fleet of GPUs under a lease."""
