"""What a cohort is worth by schedule: in the books, and to the appraiser."""

from __future__ import annotations

import numpy as np

from tranche.replay import vector

from .plan import Array, Plan


def book(plan: Plan) -> Array:
    """Cost of the machines owned, written off straight-line over the accounting life, at each payment date [T]."""
    return plan.owned() * plan.terms.cost_per_gpu * np.maximum(0.0, 1.0 - plan.ages() / plan.terms.life_years)


def per_machine(plan: Plan) -> Array:
    """Appraised value of one machine: cost times the share for the age, interpolated between whole years [T]."""
    shares = plan.terms.appraisal
    return vector(plan.terms.cost_per_gpu * np.interp(plan.ages(), np.arange(len(shares)), shares))


def appraised(plan: Plan) -> Array:
    """Appraised value of the machines owned, at each payment date [T]."""
    return plan.owned() * per_machine(plan)
