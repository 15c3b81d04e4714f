"""Floor 1. Dependence and credit in closed form: what simulations, fits and diagnostics are compared with."""
