"""Floor 2. Market factors, their dynamics and how they depend on each other."""
