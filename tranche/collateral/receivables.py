"""When contract rent is paid."""

from __future__ import annotations

import attrs


@attrs.frozen(kw_only=True)
class Receivables:
    """Contract rent is invoiced by the day and paid `days_outstanding` days later; market rent is paid at once.

    Of an invoice `dilution` is never paid (credits, disputes) and `late` is paid `late_days` after its day; what is
    unpaid from its day on is past due. When a tenant defaults, `recovery` of what it owes is paid in that period and
    the rest is lost. At closing nothing is outstanding; what is outstanding after the last date is not collected.
    """

    days_outstanding: int
    dilution: float = 0.0
    late: float = 0.0
    late_days: int = 60
    recovery: float = 0.0
