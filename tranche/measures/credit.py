"""The tranche table: what each class of the deal is expected to earn and to lose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tranche.program import Claim

from .default_probability import default_probability
from .expected_loss import expected_loss
from .figures import Figures
from .irr import irr
from .loss_given_default import loss_given_default
from .wal import wal

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "notional", "expected_loss", "expected_loss_se", "default_probability", "default_probability_se",
    "loss_given_default", "wal", "irr", "interest", "principal", "distribution", "shortfall", "deferred",
    "final_balance",
)  # fmt: skip


def tranche_table(results: Figures) -> pd.DataFrame:
    """By tranche, in order of rank.

    notional                        the deal's currency
    expected_loss, …_se             fraction of the notional, mean over the paths, and its standard error
    default_probability, …_se       share of the paths that end with a loss, and its standard error
    loss_given_default              mean loss, fraction of the notional, where there is one
    wal                             years from closing, of the mean principal
    irr                             effective annual rate of the mean cash flows, bought at notional at closing
    interest, principal (scheduled and swept), distribution, shortfall (unpaid at the close of each date, summed over
    the dates), deferred (capitalised), final_balance
                                    the deal's currency, means over the paths of each path's total

    NaN where a column says nothing of a class: a residual has no loss, a debt no distribution.
    """
    import pandas as pd

    rows = tranche_rows(results)
    index = pd.Index([claim.name for claim, _ in rows], name="tranche")
    return pd.DataFrame([row for _, row in rows], index=index, columns=list(COLUMNS), dtype="float64")


def tranche_rows(results: Figures) -> list[tuple[Claim, dict[str, float]]]:
    """The rows of the tranche table: a class, and those of COLUMNS that say something of it."""
    classes = [claim for claim in results.program.claims if claim.kind in ("debt", "residual")]
    return [(claim, _row(results, claim)) for claim in sorted(classes, key=lambda claim: claim.rank)]


def _row(results: Figures, claim: Claim) -> dict[str, float]:
    name = claim.name

    def mean(field: str) -> float:
        return results.final_mean(f"{name}.{field}")

    row = {"notional": claim.notional, "irr": irr(results, name)}
    if claim.kind == "residual":
        return row | {"distribution": mean("distribution")}
    row["expected_loss"], row["expected_loss_se"] = expected_loss(results, name)
    row["default_probability"], row["default_probability_se"] = default_probability(results, name)
    return row | {
        "loss_given_default": loss_given_default(results, name),
        "wal": wal(results, name),
        "interest": mean("interest"),
        "principal": mean("principal") + mean("prepaid"),
        "shortfall": mean("shortfall"),
        "deferred": mean("deferred"),
        "final_balance": mean("balance"),
    }
