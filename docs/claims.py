"""Writes docs/claims.md, the claims about GPU debt as tables: `make claims`, or `python docs/claims.py`."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import attrs

import tranche
from tranche.measures import collateral_illusion
from tranche.results import Results
from tranche.studies.convergence import converge
from tranche.studies.double_leverage import double_leverage

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "claims.md"
DEALS = ROOT / "deals"
PATHS, SEED = 10_000, 1
LEVERAGE_PATHS = 4_000  # every date of every path is held in memory

Change = tuple[str, str | float]

HEAD = f"""\
# Claims about GPU debt, as tables

GPU debt is said to be priced as if compute rent were infrastructure income. Each claim below is put to a deal of
`deals/`, once as its file has it and once without the assumption that drives it. {PATHS:,} paths of seed {SEED} each,
unless a table says otherwise; the page is written by `make claims`, and nobody edits it. The figures are those of the
assumptions in the files, named there one by one: no crypto–compute correlation, no GPU loss given default and no depth
of the market for used GPUs has been measured in public.

A claim *holds* here when taking its assumption away takes nine tenths of the effect away, *in part* when it takes a
half, and does *not hold* when it takes less, or when there is no effect to take: less than {{least}} of the notional.
That is a statement about the model and these deals, and none about the world.

| claim | the figure | the assumption that drives it | with it | without it | under the model |
| --- | --- | --- | --- | --- | --- |
"""
LEAST = 0.001  # an expected loss below it is no effect


@attrs.frozen
class Verdict:
    """A claim in one line: a figure with the assumption that drives it and without."""

    claim: str
    figure: str
    assumption: str
    with_it: float
    without: float

    def word(self) -> str:
        effect = self.with_it - self.without
        if self.with_it < LEAST or effect < self.with_it / 2:
            return "does not hold"
        return "holds" if effect >= 0.9 * self.with_it else "holds in part"

    def cells(self) -> list[str]:
        return [self.claim, self.figure, self.assumption, percent(self.with_it), percent(self.without), self.word()]


@cache
def ran(deal: str, *changes: Change) -> Results:
    """A deal with other terms (path, what a file would write there), run."""
    return tranche.run(tranche.load(DEALS / f"{deal}.yaml").with_(dict(changes)), PATHS, SEED)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return row(head) + row(["---"] * len(head)) + "".join(map(row, rows))


def row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def percent(value: float) -> str:
    return f"{100 * value:.2f}%"


def ever(results: Results, test: str, level: str) -> str:
    """The share of the paths on which a test is ever below a level."""
    return f"{100 * float((results.total(f'{test}.{level}') > 0).mean()):.1f}%"


def loss(results: Results, tranche_name: str) -> tuple[float, float]:
    row = results.tranches().loc[tranche_name]
    return float(row["expected_loss"]), float(row["default_probability"])


def mismatch() -> tuple[str, list[Verdict]]:
    """Debt that outlives the lease."""
    deal = "ten_year_on_eighteen_months"
    long_lease: Change = ("collateral.fleet.lease.end", "2036-07-01")
    short_loan: Change = ("schedule.maturity", "2029-07-01")
    # N / 12 + 2.125% · N = 500m / 40 + 2.125% · 500m, the first service of the ten-year loan: N = 221.1m
    smaller: tuple[Change, ...] = (("senior.notional", "221.1m"), short_loan)
    flat: tuple[Change, ...] = (
        ("market.factors.rent_h100.drift", "0%"),
        ("market.factors.rent_h100.releases.next_gen.jump", "0%"),
        ("market.factors.rent_h100.releases.after_next.jump", "0%"),
        ("collateral.fleet.valuation.rent_trend", "0%"),
    )
    cases: list[tuple[str, str, tuple[Change, ...]]] = [
        ("as its file has it: ten years", deal, ()),
        ("the lease runs to the maturity, 2036", deal, (long_lease,)),
        ("the loan is due in three years", deal, (short_loan,)),
        ("the same, and 221.1m: the first service is that of the ten-year loan", deal, smaller),
        ("the rent has no trend and no releases", deal, flat),
        ("both: a long lease and no trend", deal, (long_lease, *flat)),
        ("the control, `utility_like`", "utility_like", ()),
    ]
    rows, found = [], []
    for words, name, changes in cases:
        results = ran(name, *changes)
        expected, probability = loss(results, "senior")
        found.append(expected)
        rows.append([words, percent(expected), percent(probability), ever(results, "dscr", "default")])
    said = (
        f"The expected loss falls from {percent(found[0])} to {percent(found[1])} of the notional when the lease lasts "
        "as long as the loan, rent and machines being the same. The other way round, a loan of three years asks for "
        "twice the service from the first date on, and loses; cut to the size at which it asks for what the long one "
        f"asks, it loses {percent(found[3])}. Without a trend of rents the long loan still loses "
        f"{percent(found[4])}: the trend is most of the damage, and the short lease is what lets it in. A loss above "
        "100% is principal and interest never paid."
    )
    head = ["`ten_year_on_eighteen_months`", "expected loss", "default probability", "coverage ever below 1.00x"]
    figure = f"expected loss, `{deal}`"
    verdicts = [
        Verdict("duration mismatch", figure, "the lease ends before the loan", found[0], found[1]),
        Verdict("", figure, "rents fall, releases come", found[0], found[4]),
    ]
    return _section("Duration mismatch: the debt outlives the lease", table(head, rows), said), verdicts


def deflation() -> tuple[str, list[Verdict]]:
    """Falling rent against coverage."""
    head = ["trend of rents a year"]
    for words in ("most leases end with the loan", "lease ends a year before it", "the same, no gap after it"):
        head += [f"{words}: loss", "its default level ever met"]
    gap: Change = ("collateral.fleet.releasing_gap", "0d")
    rows, found = [], []
    for trend in ("0%", "-20%", "-30%", "-40%"):
        h100: Change = ("market.factors.rent_h100.drift", trend)
        cases = [
            ran("coreweave_ddtl_2", h100, ("market.factors.rent_h200.drift", trend)),
            ran("gpu_ddtl_2024", h100),
            ran("gpu_ddtl_2024", h100, gap),
        ]
        losses = [loss(one, "senior")[0] for one in cases]
        found.append(losses)
        cells = [(percent(lost), ever(one, "dscr", "default")) for lost, one in zip(losses, cases, strict=True)]
        rows.append([trend, *(cell for pair in cells for cell in pair)])
    said = (
        f"From no trend to −40% a year the expected loss goes from {percent(found[0][0])} to {percent(found[-1][0])} "
        "where most of the loan is repaid while most machines are let under contract (`coreweave_ddtl_2`), and from "
        f"{percent(found[0][1])} to {percent(found[-1][1])} where the lease ends a year before it (`gpu_ddtl_2024`). "
        f"There coverage is below the level on {rows[0][6]} of the paths with no trend and no gap after the lease, and "
        f"on {rows[0][4]} with the 45 days without rent that the file has; without the gap the loss goes from "
        f"{percent(found[0][2])} to {percent(found[-1][2])}. Deflation reaches coverage through "
        "the lease that ends, not through the one that runs: a loan that is repaid under contract, by a tenant that "
        "pays, hardly feels it."
    )
    driver = "rents fall by 40% a year, against not at all"
    verdicts = [
        Verdict("deflation breaks coverage", "expected loss, `coreweave_ddtl_2`", driver, found[-1][0], found[0][0]),
        Verdict("", "expected loss, `gpu_ddtl_2024`", driver, found[-1][1], found[0][1]),
        Verdict("", "the same, no gap after the lease", driver, found[-1][2], found[0][2]),
    ]
    return _section("Deflation of rents against debt service", table(head, rows), said), verdicts


def leverage() -> tuple[str, list[Verdict]]:
    """The same coins behind two lenders."""
    deal, day, debts = "miner_converts_gpu", "2027-06-30", (["gpu"], ["coin_loan"])
    no_loan: Change = ("coin_loan.notional", 1)  # a dollar: the rest of the file reads as it stands
    still: tuple[Change, ...] = tuple(
        (f"market.factors.btc.{term}", "0%") for term in ("volatility", "turbulent_volatility")
    )
    deep: Change = ("collateral.miner.fleet.liquidation.depth", "50_000 gpu/month")
    short: Change = ("collateral.miner.fleet.lease.end", "2027-06-30")
    cases: list[tuple[str, tuple[Change, ...]]] = [
        ("as its file has it", ()),
        ("nobody else lends on the coins", (no_loan,)),
        ("coins stand still", still),
        ("rents, coins and credit are independent", (("market.dependence", "independent"),)),
        ("a market for GPUs a hundred times as deep", (deep,)),
        ("the GPUs' lease ends after a year", (short,)),
        ("the same, and nobody else lends on the coins", (short, no_loan)),
    ]
    rows, ratios, losses = [], [], []
    for words, changes in cases:
        terms = tranche.load(DEALS / f"{deal}.yaml").with_(dict(changes))
        seen = double_leverage(terms, *debts, paths=LEVERAGE_PATHS, seed=SEED)
        at = seen.loc[next(date for date in seen.index if str(date) == day)]
        lost = ran(deal, *changes).tranches()["expected_loss"]
        ratios.append(at)
        losses.append(lost)
        names = ("apart", "joint", "apart_stress", "joint_stress")
        shown = [f"{100 * float(at[name]):,.0f}%" for name in names]
        rows.append([words, *shown, *(percent(float(lost[name])) for name in ("gpu", "coin_loan", "high_yield"))])
    base, alone = ratios[0], ratios[1]
    twice = [f"{100 * float(at['double_leverage_stress']):.1f}" for at in ratios]
    shares = {name: f"{100 * float(base[name]):,.0f}%" for name in ("apart", "joint", "apart_stress", "joint_stress")}
    said = (
        "The lender on the GPUs counts the machines in a forced sale and the coins as its guarantee, and sees "
        f"{shares['apart']} on the mean of the paths; the coins also secure a loan of their own, and with it "
        f"{shares['joint']} is owed on the same collateral. On the 5% of the paths on which that is worth least the "
        f"two are {shares['apart_stress']} and {shares['joint_stress']}: by then the other lender has sold most of its "
        "pledge, and the double count has turned into coins that are gone. Where nobody else lends on them stress "
        f"leaves {100 * float(alone['joint_stress']):,.0f}%. Of what is counted twice in stress, {twice[0]} points, "
        f"{twice[4]} are left in a market for GPUs that is a hundred times as deep, {twice[2]} when coins stand still "
        f"and {twice[3]} with independent drivers: the depth of the market drives it, the price of the coins and "
        "their tie to rents do not. The measure holds; the loss falls elsewhere. The GPU loan "
        f"loses {percent(losses[0]['gpu'])}, and {percent(losses[5]['gpu'])} where its lease ends after a year: free "
        "coins are sold for it before anybody else is paid, and only what the other lender calls for goes before "
        "that. What the coin loan takes is missing to the holders of "
        f"high yield, who lose {percent(losses[0]['high_yield'])} with it and {percent(losses[1]['high_yield'])} "
        "without it (but the company then has 180m less debt, too)."
    )
    head = [f"`{deal}`, {day}", "GPU debt, mean", "GPU and coin debt, mean", "GPU debt, stress", "both, stress"]
    head += ["GPU loan: expected loss", "coin loan", "high yield"]
    driver = "a second lender on the same coins"
    verdicts = [
        Verdict(
            "double leverage", f"debt counted once too often, of the joint collateral, stress of {day}", driver,
            float(base["double_leverage_stress"]), float(alone["double_leverage_stress"]),
        ),
        *(
            Verdict("", f"expected loss of {words}", driver, float(losses[0][name]), float(losses[1][name]))
            for name, words in (("gpu", "the GPU loan"), ("high_yield", "the high yield"))
        ),
    ]  # fmt: skip
    title = "Double leverage: the same coins behind two lenders"
    note = f"Ratios of {LEVERAGE_PATHS:,} paths; stress: the 5% of them with the least joint value on that date.\n\n"
    return _section(title, note + table(head, rows), said), verdicts


def convergence() -> tuple[str, list[Verdict]]:
    """Dependence that rises, marginal laws held fixed."""
    study = converge(DEALS / "gpu_lease_abs.yaml", PATHS, SEED, points=(0.0, 0.5, 1.0))
    rows, found = [], []
    for point in study.points:
        one = study.tranches.xs(point, level=0)["expected_loss"]
        found.append([float(one[name]) for name in ("a", "b", "c")])
        rows.append([f"{point:.1f}", *map(percent, found[-1])])
    said = (
        "0 is the market as the file has it, 1 full convergence; every rent, coin and tenant keeps its own law. "
        f"Class C goes from {percent(found[0][2])} to {percent(found[-1][2])} and class A from "
        f"{percent(found[0][0])} to {percent(found[-1][0])}: tenants that default together when rent is low leave "
        "machines that nobody else "
        "rents at the old price. The correlations are assumptions, and full convergence is a bound that nobody has "
        "seen; [convergence.md](convergence.md) has a deal that convergence does not hurt."
    )
    figure, driver = "expected loss of class {}, `gpu_lease_abs`", "rents, coins and tenants fall together"
    verdicts = [
        Verdict(claim, figure.format(name.upper()), driver, found[-1][k], found[0][k])
        for k, (claim, name) in enumerate((("correlation convergence", "a"), ("", "b"), ("", "c")))
    ]
    head = ["degree", "class A: expected loss", "class B", "class C"]
    return _section("Correlation convergence", table(head, rows), said), verdicts


def illusion() -> tuple[str, list[Verdict]]:
    """Paper loan to value against what a sale would bring."""
    deeper: tuple[Change, ...] = tuple(
        (f"collateral.fleet.liquidation.generations.{name}.depth", depth)
        for name, depth in (("h100", "120_000 gpu/month"), ("h200", "50_000 gpu/month"))
    )
    cases: list[tuple[str, tuple[Change, ...]]] = [
        ("as its file has it", ()),
        ("a market a hundred times as deep", deeper),
    ]
    shown = ["2025-11-17", "2026-11-16", "2027-11-16"]
    rows, forced, excess = [], [], []
    for words, changes in cases:
        results = ran("coreweave_ddtl_2", *changes)
        by = {sale: collateral_illusion(results, sale=sale) for sale in ("economic", "orderly", "forced")}
        for date in by["forced"].index:
            if str(date) in shown:
                paper = float(by["forced"].loc[date, "paper_ltv"])
                ratios = [paper, *(float(by[sale].loc[date, "sale_ltv"]) for sale in by)]
                rows.append([words, str(date), *(f"{100 * ratio:,.0f}%" for ratio in ratios)])
                forced.append(ratios[-1])
                excess.append(ratios[-1] - paper)
    half = len(shown)
    said = (
        f"On {shown[0]} a forced sale would leave a loan to value of {100 * forced[0]:,.0f}%; in a market a hundred "
        f"times as deep {100 * forced[half]:,.0f}%. The impact of a sale is capped at 90% by default, and the "
        "forced sale of the whole fleet in a month meets the cap; how deep the market really is decides this "
        "table, and nobody knows it. The economic value holds the contracts and follows the rent; the appraisal "
        "follows a schedule by age. Means over the paths."
    )
    head = ["`coreweave_ddtl_2`", "date", "on the appraisal", "on the economic value", "orderly sale", "forced sale"]
    figure = f"loan to value in a forced sale less that on paper, `coreweave_ddtl_2`, {shown[0]}"
    driver = "a market of 1,200 H100s and 500 H200s a month"
    verdict = Verdict("collateral illusion", figure, driver, excess[0], excess[half])
    return _section("Collateral illusion: loan to value on paper and in a sale", table(head, rows), said), [verdict]


LAST = """\
## Not on this page

The chain of defaults needs several deals in one market, whose sales press on each other's prices.
"""

SECTIONS: tuple[Callable[[], tuple[str, list[Verdict]]], ...] = (
    mismatch, deflation, leverage, convergence, illusion,
)  # fmt: skip


def _section(title: str, figures: str, said: str) -> str:
    return f"\n## {title}\n\n{figures}\n{textwrap.fill(said, 118)}\n"


def page() -> str:
    """The whole page."""
    sections, verdicts = zip(*(section() for section in SECTIONS), strict=True)
    lines = [row(verdict.cells()) for found in verdicts for verdict in found]
    return HEAD.format(least=percent(LEAST)) + "".join([*lines, *sections]) + "\n" + LAST


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
