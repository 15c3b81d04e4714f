"""Floor 2. What secures the debt: the user's own cash flows, a fleet of GPUs under leases, or a crypto miner."""
