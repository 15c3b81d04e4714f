"""No payment is negative, and none is above what was due or there."""

from __future__ import annotations

from typing import Any

import numpy as np

from tranche.program import OPERAND_ROLES, RECORDED, Op
from tranche.testing.broken import BrokenInvariant
from tranche.testing.observed import Observed

NOT_PAYMENTS = {Op.RECEIVE, Op.SHORTFALL, Op.TEST, Op.TEST_ABOVE, Op.RECORD, Op.RECORD_TWO, Op.CLOSE}
PAYMENTS = frozenset(RECORDED) - NOT_PAYMENTS


def no_negative_payment(seen: Observed) -> None:
    """Whatever moves, moves forward: no flow of any path and period is below 0 (shortfalls apart).
    Raises BrokenInvariant."""
    for k, record in enumerate(seen.program.records):
        if not record.flow or record.field == "shortfall":
            continue
        below = np.argwhere(~(seen.flows[:, :, k] >= 0))
        if below.size:
            path, t = (int(x) for x in below[0])
            said = f"{record.name} is {seen.flows[path, t, k]:.17g}"
            raise BrokenInvariant("no payment negative", seen.name, said, path, t + 1)


def never_above_due(seen: Observed) -> None:
    """No payment takes more than what is due, owed or in the account: nothing that it reduces passes below 0. Looks at
    every payment of every path in the slow twin, so give it few paths. Raises BrokenInvariant."""
    for path in range(seen.paths):

        def watch(t: int, at: int, op: Op, before: dict[str, Any], after: dict[str, Any], amount: Any) -> None:
            if op not in PAYMENTS:
                return
            for name, role in OPERAND_ROLES[op]:
                if role == "u" and after[name] < 0 <= before[name]:
                    said = f"instruction {at} ({op.name}) takes {name} from {before[name]:.17g} to {after[name]:.17g}"
                    raise BrokenInvariant("no payment above what was due", seen.name, said, path, t + 1)  # noqa: B023

        seen.twin(path, watch=watch)
