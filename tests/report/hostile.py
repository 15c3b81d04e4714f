"""A deal whose every free text is hostile."""

from __future__ import annotations

SCRIPT = "<script>document.title='owned'</script>"
FORMULA = "=cmd()"

TEXT = f"""\
format: 1
name: "{SCRIPT} {FORMULA}"
description: "{FORMULA} {SCRIPT} </pre></script><img src=x onerror=document.title='owned'>"
assumptions:
  - "{SCRIPT}"
  - "{FORMULA}"
  - "+1+1 (B)"
  - "@SUM(A1) assumption"
accept:
  tests.cover: "{SCRIPT}"
schedule: {{closing: 2025-01-01, maturity: 2026-01-01, frequency: quarterly, day_count: 30/360}}
market:
  name: "{SCRIPT}"
  rates: {{SOFR: {{points: 5%, note: "{SCRIPT}"}}}}
  factors:
    rent: {{lognormal: {{initial: 2, volatility: 30%, note: "{SCRIPT} {FORMULA}"}}}}
collateral: {{collections: {{amounts: [30, 30, 20, 10]}}}}
tranches:
  senior: {{notional: 80, coupon: SOFR + 3%, amortisation: level}}
  equity: {{residual: {{notional: 20}}}}
tests:
  cover: {{ratio: collections / senior.debt_service, trigger: 1.20x}}
waterfall:
  - pay: senior.interest
    note: "{SCRIPT} {FORMULA}"
  - pay: senior.principal
  - pay: equity
"""
