"""Who rents the machines: whether it pays, whether it stays, and who stands behind it."""

from __future__ import annotations

import datetime as dt

import attrs


@attrs.frozen(kw_only=True)
class Termination:
    """The tenant may leave on a payment date for `fee_months` months of its take-or-pay rent, and does so when that
    pays: when the take-or-pay rent still to come, less that of the same hours at the market (index × basis × (1 +
    `moving_cost`)), is above the fee. Undiscounted, at the market of that date; from that date on it has left."""

    fee_months: float
    moving_cost: float = 0.0


@attrs.frozen(kw_only=True)
class Renegotiation:
    """A tenant that is shaky: where the market (index × basis) is below `below` of its rate on a payment date, the rate
    from that date on is market + `keeps` · (rate − market), at most `times` times a lease."""

    below: float
    keeps: float = 0.5
    times: int = 1


@attrs.frozen(kw_only=True)
class Backstop:
    """A parent or sponsor pays the contract rent that a defaulted tenant does not, less what re-letting earns, until
    all it has paid reaches `limits`: (from date, amount), which step down; before the first date the first holds."""

    limits: tuple[tuple[dt.date, float], ...]


@attrs.frozen(kw_only=True)
class Tenant:
    """A tenant of the fleet's leases.

    `credit`: the market factor that is 1 while it pays and 0 once it has defaulted (None: it always pays). It owes
    nothing for the period in which it defaults, nor after; the machines stand idle for the cohort's
    `releasing_gap_days` from that period's start and are then let at the market, whatever is left of the lease.
    `downgrade`: a market factor that is 1 while it keeps its grade, for formulas only.

    Names in formulas: NAME.alive, NAME.downgraded, NAME.rent (billed in the period under its leases), NAME.share (its
    part of all contract rent billed); with receivables, NAME.receivables and NAME.past_due; with a backstop,
    NAME.backstop (what it has still to give).
    """

    name: str
    credit: str | None = None
    downgrade: str | None = None
    termination: Termination | None = None
    renegotiation: Renegotiation | None = None
    backstop: Backstop | None = None
    note: str = ""
