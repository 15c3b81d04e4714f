"""What each tranche is worth and how it fails."""

from __future__ import annotations

import math
from typing import Any

from tranche.report.figures import NOTHING, in_unit, means, money, none_of, paths, rare, share, years
from tranche.report.html import Markup, element, join, table
from tranche.report.study import Study
from tranche.terms.amount_unit import unit_of

RISK = ("tranche", "notional", "expected loss", "± s.e.", "prob. of loss", "± s.e.", "LGD", "99% loss", "WAL", "IRR")
CASH = ("tranche", "interest", "principal", "distribution", "shortfall", "final balance")
LOSS = (
    "Losses are fractions of the notional, unpaid and capitalised interest included. Probability of loss: the share of "
    "paths on which the tranche ends with a loss (the default probability of the tables of data); the defaults that "
    "the tests count are those of the documents, and need cost nobody anything. LGD: the mean loss where there is one; "
    "99% loss: what 99% of the paths do not exceed. WAL in years from closing; IRR of the mean cash flows, effective "
    "per annum. s.e.: standard error of the estimate."
)
SHORT = (
    "Shortfall adds up what is unpaid at the close of every date: arrears that are carried count on each date on which "
    "they are carried, so that it may exceed the notional."
)


def section(study: Study) -> Markup:
    """Two tables, for a page is not as wide as one: risk with standard errors, and cash."""
    results = study.results
    frame = results.tranches()
    unit, words = unit_of(float(frame["notional"].max()))
    said = f"Money in {in_unit(words, study.program.currency)}, {means(results.count)}."
    risk = [(name, money(row["notional"], unit) if row["notional"] > 0 else NOTHING, *_risk(study, str(name), row))
            for name, row in frame.iterrows()]  # fmt: skip
    cash = [(name, *(money(row[part.replace(" ", "_")], unit) for part in CASH[1:])) for name, row in frame.iterrows()]
    return join((
        table(RISK, risk, label="Tranches, risk"), element("p", f"{said} {LOSS}{_unseen(study)}", class_="note"),
        table(CASH, cash, label="Tranches, cash"), element("p", f"{said} {SHORT}", class_="note"),
    ))  # fmt: skip


def risks(study: Study, name: str) -> tuple[str, ...]:
    """What an index has room for: expected loss and its error, probability of loss, WAL, IRR."""
    loss, error, likely, _, _, _, *ends = _risk(study, name, study.results.tranches().loc[name])
    return (loss, error, likely, *ends)


def _risk(study: Study, name: str, row: Any) -> tuple[str, ...]:
    """The columns of RISK from the expected loss on."""
    ends = (years(row["wal"]), share(row["irr"]))
    if math.isnan(row["expected_loss"]):
        return (*[NOTHING] * 6, *ends)
    losses = study.results.losses(name)
    if not losses.spread.positive:
        return ("0%", NOTHING, f"< {_bound(study)}" if study.drawn else "0%", NOTHING, NOTHING, "0%", *ends)
    tail = losses.quantile(0.99)
    most = share(tail) if math.isfinite(tail) else "> 200%"
    return (
        rare(row["expected_loss"], 3), rare(row["expected_loss_se"], 3), rare(row["default_probability"]),
        rare(row["default_probability_se"]), share(row["loss_given_default"]), most, *ends,
    )  # fmt: skip


def _bound(study: Study) -> str:
    return f"{100 * none_of(study.results.count):.2g}%"


def _unseen(study: Study) -> str:
    """What it means that no path loses anything."""
    results = study.results
    if not study.drawn or all(results.losses(name).spread.positive for name in study.debts):
        return ""
    return (
        f" Where none of the {paths(results.count)} lost anything there is nothing to estimate an error from; a loss "
        f"is then less probable than {_bound(study)}, with 95% confidence (some 3 over the number of paths)."
    )
