"""Floor 4. What dependence looks like, in data and in simulated markets: tables, and the same tables as pictures."""
