"""`python -m benchmarks.miner`: what a miner costs in the kernel, in nanoseconds of processor time per path and month.

The deal has sites with a power price, attrition, curtailment, power sold back and machines that are sold after a
default, and treasuries, each pledged to a loan of its own with the whole margin ladder. Factors are drawn before.
"""

from __future__ import annotations

import attrs

from .fleet import asked_for, drawn, nanoseconds


@attrs.frozen
class Size:
    """How many sites and treasuries a miner has. The first treasury takes what is mined."""

    sites: int
    treasuries: int

    @property
    def text(self) -> str:
        """The deal file."""
        sites = "".join(
            f"      s{k}: {{hashrate: {400 + 10 * k} PH/s, efficiency: {17 + k} J/TH, uptime: 95%, attrition: 5%, "
            "fixed_per_month: 30k, power: {price: power, take_or_pay: 40%, resale: resale, curtailed: 3%}, "
            "cost_per_ph: 16k USD/PH, value_per_ph: asic, forced_discount: 60%}\n"
            for k in range(self.sites)
        )
        coins = "".join(
            f"      t{k}: {{price: btc, coins: 90, sale_cost: 0.5%, policy: sell_to_cover"
            f"{', mined: true' if not k else ''}, pledge: {{to: d{k}, coins: 80, release: 35%, cost: 1%}}}}\n"
            for k in range(self.treasuries)
        )
        treasury = f"    treasury:\n{coins}" if coins else ""
        debts = range(max(1, self.treasuries))
        loans = "".join(f"  d{k}: {{notional: 4m, coupon: 9%}}\n" for k in debts)
        draws = "".join(f"  - draw: t{k}\n    for: [d{k}.interest, d{k}.principal]\n" for k in range(self.treasuries))
        pays = "".join(f"  - pay: d{k}.interest\n  - pay: d{k}.principal\n" for k in debts)
        return (
            "format: 1\nname: Miner\nschedule: {closing: 2026-01-01, maturity: 2031-01-01}\nmarket:\n  factors:\n"
            "    btc: {coin: {initial: 91k USD, volatility: 45%, dof: 30}}\n"
            "    network: {hashrate: {initial: 1.1m, growth: 25%, volatility: 15%}}\n"
            "    hashprice: {hashprice: {price: btc, hashrate: network, reward: 3.125}}\n"
            "    power: {power: {initial: 0.05 USD/kWh, level: 0.05 USD/kWh, half_life: 1y, volatility: 40%}}\n"
            "    resale: {power: {initial: 0.05 USD/kWh, level: 0.05 USD/kWh, half_life: 0.25y, volatility: 60%}}\n"
            "    asic: {lognormal: {initial: 8k USD, drift: -20%, volatility: 50%}}\n"
            f"collateral:\n  miner:\n    hashprice: hashprice\n    sites:\n{sites}{treasury}"
            f"tranches:\n{loans}  owner: {{residual: {{}}}}\n"
            "tests:\n  cover: {ratio: (miner.forced + collections) / d0.balance, default: 0.2x}\n"
            f"waterfall:\n{draws}{pays}  - pay: owner\n"
        )


SIZES = (Size(1, 0), Size(8, 0), Size(8, 1), Size(8, 4))


def main() -> None:
    asked = asked_for(__doc__)
    held = [drawn(size.text, asked.paths) for size in SIZES]
    found = nanoseconds(held, asked.paths, asked.rounds)
    print("| sites | treasuries, each pledged | instructions | ns per path and month |")
    print("|---|---|---|---|")
    for size, inputs, cost in zip(SIZES, held, found, strict=True):
        print(f"| {size.sites} | {size.treasuries} | {len(inputs.program.instructions)} | {cost:.1f} |")
    print(f"a site more: {(found[1] - found[0]) / 7:.1f} ns per month")
    print(f"a treasury more, with its loan, ladder and draw: {(found[3] - found[2]) / 3:.1f} ns per month")


if __name__ == "__main__":
    main()
