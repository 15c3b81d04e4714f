"""The contract under which a cohort is let."""

from __future__ import annotations

import datetime as dt

import attrs


@attrs.frozen(kw_only=True)
class Renewal:
    """The tenant's option to stay for `term_days` after the lease at `rate` per GPU-hour.

    It is used at the end of the lease where the market's rent (index × basis) is above that rate (and the tenant pays);
    take-or-pay and the other terms of the lease go on."""

    rate: float
    term_days: int


@attrs.frozen(kw_only=True)
class Service:
    """What the lessor promises: `availability` of the hours; below it the tenant gets back `credit` times the missing
    share of its rent, at most all of it."""

    availability: float
    credit: float = 1.0


@attrs.frozen(kw_only=True)
class Lease:
    """A fixed-term lease: `rate` per GPU-hour on the hours billed, from `start` (None: in service) to `end`.

    Billed are `take_or_pay` of the hours of the working machines, or `usage` where that is more (a share, or the name
    of a market factor; 0: what is beyond the take-or-pay is not billed). The rate grows by `escalator` at every whole
    year from the start (negative: a step-down), or is what `steps` (date, rate) say from their dates on.

    `tenant` names one of the fleet's tenants; None: a tenant that always pays and stays. `prepayment`: the share of the
    rent of the whole term (take-or-pay, on the machines as planned) that is paid on `prepaid_on` (None: the start);
    every invoice is smaller by that share. What is prepaid on or before closing went into the machines and is no cash
    here.
    `residual_value_guarantee`: share of the machines' cost; at the end of the lease the guarantor pays what their
    orderly value (see Liquidation) is below it on that payment date.
    """

    rate: float
    end: dt.date
    start: dt.date | None = None
    take_or_pay: float = 1.0
    usage: str | float = 0.0
    escalator: float = 0.0
    steps: tuple[tuple[dt.date, float], ...] = ()
    tenant: str | None = None
    prepayment: float = 0.0
    prepaid_on: dt.date | None = None
    residual_value_guarantee: float = 0.0
    service: Service | None = None
    renewal: Renewal | None = None
