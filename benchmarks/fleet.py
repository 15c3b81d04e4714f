"""`python -m benchmarks.fleet`: what a fleet costs in the kernel, in nanoseconds of processor time per path and month.

The deal has cohorts of three generations, each with its rent, utilisation and resale price, eight tenants that default,
receivables, the five values and a liquidation. Its factors are drawn before: what is timed is the Program alone.
"""

from __future__ import annotations

import argparse
import statistics
import time

import attrs
import numpy as np

from tranche._kernels.cashflows import CashFlows
from tranche.engine import Scenario, run_program, scenario
from tranche.files import loads
from tranche.inputs import prepare

GENERATIONS = {"a100": (1.20, 0.4), "h100": (2.40, 0.7), "b200": (3.80, 1.0)}  # rent per GPU-hour, kW
LIMIT = 300.0  # ns per path and month, of twelve cohorts


@attrs.frozen
class Size:
    """How large a fleet is; `whole` False: leases and the market alone."""

    cohorts: int
    tenants: int
    whole: bool = True

    @property
    def text(self) -> str:
        """The deal file."""
        names = list(GENERATIONS)
        factors, generations, outlets = "", "", ""
        for name, (rent, power) in GENERATIONS.items():
            factors += (
                f"    rent_{name}: {{rent: {{initial: {rent} USD/gpu-hour, drift: -25%, volatility: 35%}}}}\n"
                f"    use_{name}: {{reverting: {{initial: 85%, mean: 82%, speed: 2, volatility: 12%}}}}\n"
                f"    resale_{name}: {{lognormal: {{initial: {rent * 8:.1f}k USD, drift: -35%, volatility: 30%}}}}\n"
            )
            generations += f"      {name}: {{rent: rent_{name}, utilisation: use_{name}, kw_per_gpu: {power} kW}}\n"
            outlets += f"        {name}: {{price: resale_{name}}}\n"
        cohorts = "".join(
            f"      c{k}: {{generation: {names[k % 3]}, gpus: {5_000 + 100 * k}, in_service: 2025-0{1 + k % 9}-01, "
            f"lease: {{rate: {2.5 - 0.1 * k:.2f} USD/gpu-hour, end: {2028 + k % 3}-03-01, take_or_pay: 90%"
            f"{f', tenant: x{k % self.tenants}' if self.tenants else ''}}}}}\n"
            for k in range(self.cohorts)
        )
        factors += "".join(f"    t{k}: {{tenant: {{pd: 3%}}}}\n" for k in range(self.tenants))
        tenants = "".join(f"      x{k}: {{credit: t{k}}}\n" for k in range(self.tenants))
        whole = (
            "    receivables: {days_outstanding: 45d, recovery: 20%}\n"
            "    valuation: {discount: 12%, rent_trend: -25%, life: 5y}\n"
            "    liquidation:\n      delay: 90d\n      depth: 1_200 gpu/month\n      cost: 6%\n"
            f"      impact: {{square_root: 30%}}\n      price: economic\n      generations:\n{outlets}"
        )
        return (
            "format: 1\nname: Fleet\nschedule: {closing: 2025-01-01, maturity: 2030-01-01}\n"
            f"market:\n  factors:\n{factors}collateral:\n  fleet:\n    pue: 1.3\n    power_price: 0.08 USD/kWh\n"
            "    hosting_per_kw_month: 120 USD/kW-month\n    maintenance_per_gpu_month: 25 USD/gpu-month\n"
            "    failure_rate: 9%\n    unrepairable: 30%\n    repair: 14d\n    releasing_gap: 45d\n"
            f"    cost_per_gpu: 30k USD/gpu\n    generations:\n{generations}    cohorts:\n{cohorts}"
            f"{f'    tenants:{chr(10)}{tenants}' if tenants else ''}{whole if self.whole else ''}"
            "tranches:\n  senior: {notional: 1.2bn, coupon: 9%, amortisation: level}\n  equity: {residual: {}}\n"
            "tests:\n  dscr: {ratio: collections / senior.debt_service, lock_up: 1.2x, default: 1.05x}\n"
            "waterfall:\n  - pay: senior.interest\n  - pay: senior.principal\n  - pay: equity\n"
        )


SIZES = (Size(1, 0, whole=False), Size(12, 0, whole=False), Size(1, 1), Size(12, 8))


def drawn(text: str, paths: int) -> Scenario:
    """The deal on factors that are drawn already."""
    inputs = prepare(loads(text), seed=1)
    rows = np.ascontiguousarray(inputs.rows(0, paths))
    return scenario(inputs.program, [CashFlows(rows, inputs.program.inputs)])


def asked_for(about: str | None) -> argparse.Namespace:
    """`--paths` and `--rounds` of a benchmark."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--paths", type=int, default=4_096)
    parser.add_argument("--rounds", type=int, default=7)
    return parser.parse_args()


def nanoseconds(held: list[Scenario], paths: int, rounds: int) -> list[float]:
    """Of processor time per path and month of each, on one thread: medians of interleaved rounds after a first one."""
    seconds: list[list[float]] = [[] for _ in held]
    for counted in range(-1, rounds):
        for inputs, spent in zip(held, seconds, strict=True):
            start = time.process_time()  # of this process alone: others may be using the machine
            run_program(inputs, paths, threads=1)
            if counted >= 0:
                spent.append(time.process_time() - start)
    medians = map(statistics.median, seconds)
    return [1e9 * median / paths / inputs.program.periods for median, inputs in zip(medians, held, strict=True)]


def main() -> None:
    asked = asked_for(__doc__)
    held = [drawn(size.text, asked.paths) for size in SIZES]
    found = nanoseconds(held, asked.paths, asked.rounds)
    print("| cohorts | tenants | values, receivables, liquidation | instructions | ns per path and month |")
    print("|---|---|---|---|---|")
    for size, inputs, cost in zip(SIZES, held, found, strict=True):
        whole = "yes" if size.whole else "no"
        print(f"| {size.cohorts} | {size.tenants} | {whole} | {len(inputs.program.instructions)} | {cost:.1f} |")
    print(f"a cohort more, let and then at the market: {(found[1] - found[0]) / 11:.1f} ns per month")
    print(f"a cohort more, with tenants, values and liquidation: {(found[3] - found[2]) / 11:.1f} ns per month")
    print(f"the largest: {found[3]:.0f} of at most {LIMIT:.0f} ns")


if __name__ == "__main__":
    main()
