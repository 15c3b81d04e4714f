"""Rules of the status: revolving periods, conditions, payment defaults."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from tranche.deal import Revolving, StatusRules

from .formulas import Scope, conditions

STATUS_FLAGS = tuple(
    f"status.{name}" for name in ("revolving", "performing", "lock_up", "early_amortisation", "default")
)


@st.composite
def status_rules(
    draw: st.DrawFn, scope: Scope, debts: list[str], dates: tuple[dt.date, ...]
) -> StatusRules | None:
    """None for every second deal. `scope`: what is known once the tests are read."""
    if draw(st.booleans()):
        return None
    found: dict[str, Any] = {}
    for field in ("lock_up", "early_amortisation", "default"):
        if draw(st.integers(0, 3)) == 0:
            found[field] = draw(conditions(scope, 1))
    if draw(st.booleans()):
        until = draw(st.one_of(st.none(), st.sampled_from(dates)))
        found["revolving"] = Revolving(until=until, ends_when=draw(st.one_of(st.none(), conditions(scope, 1))))
    if draw(st.booleans()):
        dues = st.sampled_from([f"{debt}.{part}" for debt in debts for part in ("interest", "principal")])
        found["payment_default"] = draw(st.dictionaries(dues, st.integers(1, 3), min_size=1, max_size=3))
    for field in ("early_amortisation_is_final", "acceleration", "cross_acceleration"):
        found[field] = draw(st.booleans())
    return StatusRules(**found)
