"""A small deal on a miner, its market as fixed figures."""

from __future__ import annotations

from tranche.deal import Deal
from tranche.files import loads

DEAL = """\
format: 1
name: Miner
schedule: {{closing: 2025-01-01, maturity: {maturity}}}
collateral:
  miner:
    hashprice: hashprice
{miner}
market:
  factors:
    bitcoin: {{coin: {{initial: 100k USD, volatility: 50%}}}}
    network: {{hashrate: {{initial: 800k, volatility: 10%}}}}
    hashprice: {{hashprice: {{price: bitcoin, hashrate: network, reward: 3.125}}}}
    power: {{power: {{initial: 0.05 USD/kWh, level: 0.05 USD/kWh, half_life: 0.5y, volatility: 30%}}}}
    rent: {{lognormal: {{initial: 2.00 USD/gpu-hour, volatility: 30%}}}}
tranches:
  loan: {{notional: {notional}, coupon: 12%{loan}}}
  owner: {{residual: {{}}}}
{tests}
waterfall:
{waterfall}
"""
WATERFALL = """\
- pay: loan.interest
- pay: loan.principal
- pay: owner
"""


def deal_on(
    miner: str, maturity: str = "2025-07-01", notional: str = "60m", loan: str = "", tests: str = "",
    waterfall: str = WATERFALL,
) -> Deal:  # fmt: skip
    """A deal on the miner that the YAML text `miner` writes."""
    body = "\n".join(f"    {line}" for line in miner.strip("\n").splitlines())
    steps = "\n".join(f"  {line}" for line in waterfall.strip("\n").splitlines())
    return loads(
        DEAL.format(miner=body, maturity=maturity, notional=notional, loan=loan, tests=tests, waterfall=steps)
    )
