"""What each tranche is worth and how it fails."""

from __future__ import annotations

import math

from tranche.report.figures import NOTHING, money, share, years
from tranche.report.html import Markup, element, join, table
from tranche.report.study import Study
from tranche.terms.amount_unit import unit_of

HEAD = ("tranche", "notional", "expected loss", "± s.e.", "default prob.", "± s.e.", "LGD", "99% loss", "WAL", "IRR",
        "interest", "principal", "distribution", "shortfall", "final balance")  # fmt: skip


def section(study: Study) -> Markup:
    """The tranche table with standard errors."""
    results = study.results
    frame = results.tranches()
    unit, words = unit_of(float(frame["notional"].max()))
    rows = []
    for name, row in frame.iterrows():
        debt = not math.isnan(row["expected_loss"])
        tail = results.losses(str(name)).quantile(0.99) if debt else math.nan
        rows.append(
            (name, money(row["notional"], unit), share(row["expected_loss"], 3), share(row["expected_loss_se"], 3),
             share(row["default_probability"]), share(row["default_probability_se"]), share(row["loss_given_default"]),
             share(tail) if math.isfinite(tail) or math.isnan(tail) else "> 200%", years(row["wal"]),
             share(row["irr"]),
             *(money(row[part], unit) if not math.isnan(row[part]) else NOTHING
               for part in ("interest", "principal", "distribution", "shortfall", "final_balance")))
        )  # fmt: skip
    said = (
        f"Money in {words} {study.program.currency}, means over {results.count:,} paths. Losses are fractions of the "
        "notional, unpaid and capitalised interest included; a path defaults when it ends with a loss. WAL in years "
        "from closing; IRR of the mean cash flows, effective per annum. s.e.: standard error of the estimate."
    )
    return join((table(HEAD, rows, label="Tranches"), element("p", said, class_="note")))
