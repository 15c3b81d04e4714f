"""Loan to value on paper, and if the machines had to be sold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tranche.errors import Problem, UsageError, nearest

from .figures import Figures

if TYPE_CHECKING:
    import pandas as pd

VALUES = ("book", "appraised", "economic", "orderly", "forced")


def collateral_illusion(
    results: Figures, debts: Sequence[str] | None = None, *, paper: str = "appraised", sale: str = "forced"
) -> pd.DataFrame:
    """By payment date, means over the paths in the deal's currency:

    debt                    balances of `debts` (None: all of the deal) after the date's payments
    <paper>, <sale>         two of the fleet's values: book, appraised, economic, orderly, forced
    paper_ltv, sale_ltv     debt over each; infinite where there is debt and no value left
    illusion                sale_ltv less paper_ltv: what the appraisal hides

    They are ratios of means, so that a path counts by its size; a deal that wants them path by path writes them as a
    test or a definition (`senior.balance / fleet.forced`). Raises UsageError: the deal has no fleet, or its file gives
    no such value.
    """
    import pandas as pd

    program = results.program
    known = [record.field for record in program.records if record.owner == "fleet" and record.field in VALUES]
    for value in (paper, sale):
        if value not in known:
            fix = nearest(value, known) if known else "this deal has no fleet"
            raise UsageError(Problem(f"the fleet has no {value} value", fix))
    named = [debt.name for debt in program.debts]
    for debt in debts or ():
        if debt not in named:
            raise UsageError(Problem(f"unknown debt {debt!r}", nearest(debt, named)))
    owed = np.sum([results.mean(f"{debt}.balance") for debt in (debts or named)], axis=0)
    columns = {"debt": owed, paper: results.mean(f"fleet.{paper}"), sale: results.mean(f"fleet.{sale}")}
    ratios = [_ratio(owed, columns[value]) for value in (paper, sale)]
    columns |= {"paper_ltv": ratios[0], "sale_ltv": ratios[1], "illusion": ratios[1] - ratios[0]}
    return pd.DataFrame(columns, index=pd.Index(program.dates[1:], name="date"))


def _ratio(owed: NDArray[np.float64], value: NDArray[np.float64]) -> NDArray[np.float64]:
    nothing = np.where(owed > 0, np.inf, np.nan)
    return np.where(value > 0, owed / np.where(value > 0, value, 1.0), nothing)
