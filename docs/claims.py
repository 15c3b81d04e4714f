"""Writes docs/claims.md, the claims about GPU debt as tables: `make claims`, or `python docs/claims.py`."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import tranche
from tranche.files import loads
from tranche.measures import collateral_illusion
from tranche.results import Results
from tranche.studies.convergence import converge

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "claims.md"
DEALS = ROOT / "deals"
PATHS, SEED = 10_000, 1

Change = tuple[str, str]

HEAD = f"""\
# Claims about GPU debt, as tables

GPU debt is said to be priced as if compute rent were infrastructure income. Each claim below is put to a deal of
`deals/`, once as its file has it and once without the assumption that drives it. {PATHS:,} paths of seed {SEED} each;
the page is written by `make claims`, and nobody edits it. The figures are those of the assumptions in the files, named
there one by one: no crypto–compute correlation, no GPU loss given default and no depth of the market for used GPUs has
been measured in public. A claim *holds under the model* when taking its assumption away takes the effect away.
"""


@cache
def ran(deal: str, *changes: Change) -> Results:
    """A deal with other words in its file, run."""
    text = (DEALS / f"{deal}.yaml").read_text(encoding="utf-8")
    for old, new in changes:
        if old not in text:
            raise SystemExit(f"docs/claims.py: {deal}.yaml has no {old!r} any more")
        text = text.replace(old, new)
    return tranche.run(loads(text, f"{deal}.yaml"), PATHS, SEED)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def percent(value: float) -> str:
    return f"{100 * value:.2f}%"


def ever(results: Results, test: str, level: str) -> str:
    """The share of the paths on which a test is ever below a level."""
    return f"{100 * float((results.total(f'{test}.{level}') > 0).mean()):.1f}%"


def loss(results: Results, tranche_name: str) -> tuple[float, float]:
    row = results.tranches().loc[tranche_name]
    return float(row["expected_loss"]), float(row["default_probability"])


def mismatch() -> str:
    """Debt that outlives the lease."""
    deal = "ten_year_on_eighteen_months"
    lease, loan = "end: 2028-01-01", "maturity: 2036-07-01"
    flat = (("drift: -25%", "drift: 0%"), ("jump: -15%", "jump: 0%"), ("rent_trend: -25%", "rent_trend: 0%"))
    cases: list[tuple[str, str, tuple[Change, ...]]] = [
        ("as its file has it", deal, ()),
        ("the lease runs to the maturity, 2036", deal, ((lease, "end: 2036-07-01"),)),
        ("the loan is due with the lease's tail, in three years", deal, ((loan, "maturity: 2029-07-01"),)),
        ("the rent has no trend and no releases", deal, flat),
        ("both: a long lease and no trend", deal, ((lease, "end: 2036-07-01"), *flat)),
        ("the control, `utility_like`", "utility_like", ()),
    ]
    rows = []
    for words, name, changes in cases:
        results = ran(name, *changes)
        expected, probability = loss(results, "senior")
        rows.append([words, percent(expected), percent(probability), ever(results, "dscr", "default")])
    base, let = (loss(ran(deal, *changes), "senior")[0] for changes in ((), cases[1][2]))
    said = (
        f"The expected loss falls from {percent(base)} to {percent(let)} of the notional when the lease lasts as "
        "long as the loan, rent and machines being the same; a loan of three years on the lease of eighteen months "
        "still loses, and so, less, does the long loan where rents have no trend. A loss above 100% is principal "
        "and interest never paid."
    )
    head = ["`ten_year_on_eighteen_months`", "expected loss", "default probability", "coverage ever below 1.00x"]
    return _section("Duration mismatch: the debt outlives the lease", table(head, rows), said)


def deflation() -> str:
    """Falling rent against coverage."""
    head = ["trend of rents a year", "leases end with the loan: loss", "its default level ever met"]
    head += ["leases end before it: loss", "its default level ever met"]
    rows, found = [], []
    for trend in (0, -20, -30, -40):
        slower = (("drift: -25%", f"drift: {trend}%"), ("drift: -22%", f"drift: {trend}%"))
        matched = ran("coreweave_ddtl_2", *slower)
        short = ran("gpu_ddtl_2024", ("drift: -20%", f"drift: {trend}%"))
        found.append((loss(matched, "senior")[0], loss(short, "senior")[0]))
        rows.append([
            f"{trend}%", percent(found[-1][0]), ever(matched, "dscr", "default"), percent(found[-1][1]),
            ever(short, "dscr", "default"),
        ])  # fmt: skip
    said = (
        f"From no trend to −40% a year the expected loss goes from {percent(found[0][0])} to "
        f"{percent(found[-1][0])} where the loan is repaid while the tenants are bound (`coreweave_ddtl_2`), and "
        f"from {percent(found[0][1])} to {percent(found[-1][1])} where the lease ends a year before it "
        "(`gpu_ddtl_2024`). Deflation reaches coverage through the lease that ends, not through the one that runs: "
        "the claim does not hold for a loan that is repaid under contract by a tenant that pays."
    )
    return _section("Deflation of rents against debt service", table(head, rows), said)


def convergence() -> str:
    """Dependence that rises, marginal laws held fixed."""
    study = converge(DEALS / "gpu_lease_abs.yaml", PATHS, SEED, points=(0.0, 0.5, 1.0))
    rows = []
    for point in study.points:
        one = study.tranches.xs(point, level=0)
        rows.append([f"{point:.1f}", *(percent(float(one.loc[name, "expected_loss"])) for name in ("a", "b", "c"))])
    first, last = rows[0], rows[-1]
    said = (
        "0 is independence, 1 full convergence; every rent, coin and tenant keeps its own law. Class C goes from "
        f"{first[3]} to {last[3]} and class A from {first[1]} to {last[1]}: tenants that default together when rent "
        "is low leave machines that nobody else rents at the old price. The correlations are assumptions; the "
        "direction is not."
    )
    return _section(
        "Correlation convergence", table(["degree", "class A: expected loss", "class B", "class C"], rows), said
    )


def illusion() -> str:
    """Paper loan to value against what a sale would bring."""
    cases: list[tuple[str, tuple[Change, ...]]] = [
        ("as its file has it", ()),
        ("a market a hundred times as deep", (("1_200 gpu", "120_000 gpu"), ("500 gpu", "50_000 gpu"))),
    ]
    shown = ["2025-11-17", "2026-11-16", "2027-11-16"]
    rows, forced = [], []
    for words, changes in cases:
        results = ran("coreweave_ddtl_2", *changes)
        by = {sale: collateral_illusion(results, sale=sale) for sale in ("economic", "orderly", "forced")}
        for date in by["forced"].index:
            if str(date) in shown:
                ratios = [float(by["forced"].loc[date, "paper_ltv"]), *(float(by[s].loc[date, "sale_ltv"]) for s in by)]
                rows.append([words, str(date), *(f"{100 * ratio:,.0f}%" for ratio in ratios)])
                forced.append(ratios[-1])
    half = len(forced) // 2
    said = (
        f"On {shown[0]} a forced sale would leave a loan to value of {100 * forced[0]:,.0f}%; in a market a hundred "
        f"times as deep {100 * forced[half]:,.0f}%. The impact of a sale is capped at 90% in the file, and the "
        "forced sale of the whole fleet in a month meets the cap; how deep the market really is decides this "
        "table, and nobody knows it. The economic value holds the contracts and follows the rent; the appraisal "
        "follows a schedule by age. Means over the paths."
    )
    head = ["`coreweave_ddtl_2`", "date", "on the appraisal", "on the economic value", "orderly sale", "forced sale"]
    return _section("Collateral illusion: loan to value on paper and in a sale", table(head, rows), said)


LAST = """\
## Not on this page

Double leverage (debt on the machines and on the coins that guarantee them) and the chain of defaults need a miner's
treasury and several deals in one market.
"""

SECTIONS: tuple[Callable[[], str], ...] = (mismatch, deflation, convergence, illusion)


def _section(title: str, figures: str, said: str) -> str:
    return f"\n## {title}\n\n{figures}\n{textwrap.fill(said, 118)}\n"


def page() -> str:
    """The whole page."""
    return HEAD + "".join(section() for section in SECTIONS) + "\n" + LAST


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
