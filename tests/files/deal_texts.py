"""Valid deal files for the tests."""

BENCHMARK = """\
format: 1
name: Benchmark job
currency: USD
description: free text
assumptions:
  - "SOFR flat at 5.30% (C)"
schedule:
  closing: 2025-01-01
  maturity: 2035-01-01
  frequency: monthly
  calendar: none
  convention: unadjusted
  day_count: 30/360
collateral:
  collections: {file: cash.csv, components: [interest, principal]}
definitions:
  pool: 100m * (1 - (period - 1) / periods)
fees:
  servicing: {rate: 0.5%, on: pool, unpaid: cancelled}
  agent: {amount: 25k}
tranches:
  senior: {notional: 70m, coupon: 6%, amortisation: {level: {arrears: leave}}}
  mezz: {notional: 20m, coupon: 10%, unpaid_interest: capitalised, amortisation: level, day_count: act/360}
  equity: {residual: {notional: 10m}}
accounts:
  reserve: {target: 6 * senior.rate / 12 * senior.balance, initial: 0}
tests:
  dscr:
    ratio: max(0, collections - servicing.due) / senior.debt_service
    trigger: 1.20x
    lock_up: 1.10x
    default: 1.05x
    first_test: 2025-06-01
waterfall:
  - pay: servicing
  - draw: reserve
    for: [senior.interest, senior.principal]
  - pay: senior.interest
  - fund: reserve
  - release: reserve
  - sweep: senior.principal
    when: dscr.breached
  - pay: {pro_rata: [mezz.interest, mezz.principal]}
    limit: 2% * pool / 12
    share: 50%
    from: cash
  - pay: equity
expect:
  paths: 2_000
  seed: 7
  figures:
    senior.expected_loss: 0.0 ± 1e-6
    audit.relative: 0 +- 1e-9
"""

FLEET = """\
format: 1
name: GPU term loan
schedule:
  closing: 2024-05-16
  first_payment: 2024-08-16
  maturity: 2029-05-16
  frequency: quarterly
  calendar: us + uk
  convention: modified-following
  determination_days: 5d
  day_count: act/360
collateral:
  fleet:
    gpus: 30_000
    lease: {rate: 2.35 USD/gpu-hour, end: 2028-05-16, take_or_pay: 95%}
    rent: rent_h100
    utilisation: utilisation
    in_service: 2024-01-01
    releasing_gap: 45d
    kw_per_gpu: 1.275 kW
    pue: 1.3
    power_price: 0.08 USD/kWh
    hosting_per_kw_month: 184.06 USD/kW-month
    maintenance_per_gpu_month: 25 USD/gpu-month
    cost_inflation: 3%
    cost_per_gpu: 30k USD/gpu
    life_years: 6y
    appraisal: [100%, 78%, 60%, 46%, 35%]
market:
  rates:
    SOFR: {2024-05-16: 5.31%, 2025-01-01: 4.3%}
    EURIBOR: {points: {2024-05-16: 3%}, note: not used}
    FLAT: 2%
  factors:
    rent_h100: {lognormal: {initial: 2.35 USD/gpu-hour, drift: -25%, volatility: 35%, note: assumption}}
    btc: {lognormal: {initial: 65k USD, volatility: 55%}}
    utilisation: {reverting: {initial: 85%, mean: 80%, speed: 2, volatility: 12%, low: 0%, high: 100%}}
  dependence: {gaussian: {rent_h100 ~ btc: 0.3, rent_h100 ~ utilisation: 40%}}
tranches:
  loan:
    notional: 7.6bn
    coupon: SOFR + 600bp floor 0% cap 8%
    amortisation:
      schedule: [1bn, 1bn, 500m]
    rank: 1
  junior:
    debt: {notional: USD 100m, coupon: {index: SOFR, spread: 900bp}, amortisation: none, rank: 2}
  sponsor: {residual: {rank: 3}}
accounts:
  holdback: {initial: 5m USD, closes: 2026-05-16}
waterfall:
  performing:
    - pay: [loan.interest, loan.principal]
    - transfer: {from: cash, to: holdback}
      limit: 1m
      until: 2025-05-16
      note: held until the first year ends
    - pay: junior.interest
    - pay: sponsor
  lock_up:
    - pay: loan.interest
    - sweep: loan.principal
  enforcement:
    - pay: loan.interest
    - pay: loan.principal
"""
