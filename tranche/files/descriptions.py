"""What each key of a deal file means, in a sentence: from the docstring of its class, which is where it is documented;
and here, for keys whose class speaks of them in other words."""

from __future__ import annotations

import inspect
import re

import attrs

from .keys import key_of

# class.field → words, for fields that no docstring names between backticks
WORDS = {
    "Schedule.closing": "The date on which the deal closes; the first period begins here.",
    "Schedule.calendar": "The business days that payment dates are adjusted to.",
    "Schedule.determination_days": "Days between the determination date of a payment date and the payment date.",
    "Schedule.day_count": "How interest and fees accrue, unless they say otherwise.",
    "Schedule.end_of_month": "Payment dates stay on the last day of the month.",
    "Debt.coupon": "The interest rate: 6%, or SOFR + 600bp floor 0%, or its terms.",
    "Debt.amortisation": "How scheduled principal falls due.",
    "Debt.day_count": "How interest accrues; the schedule's when left out.",
    "CallOption.when": "The condition on which the issuer calls; always when left out.",
    "CallOption.first": "The first day on which it can be called: the end of the non-call period.",
    "CallOption.price": "What is paid for what is called, a share of par such as 101%, or such shares by date.",
    "CallOption.make_whole": "A price that leaves the holder whole, where that is more.",
    "CallOption.proceeds": "The account into which the sponsor pays what is due of the debt.",
    "MakeWhole.until": "The date up to which the holder is made whole; the maturity when left out.",
    "CleanUpCall.when": "The condition of the purchase, such as senior.balance < 10% * senior.notional.",
    "CleanUpCall.first": "The first day on which it can be bought.",
    "CleanUpCall.purchase_price": "What the buyer pays: by default all that is due, whole balances among it.",
    "CleanUpCall.proceeds": "The account into which the buyer pays.",
    "Debt.available_funds_cap": "The most that the coupon may be, and what becomes of the excess.",
    "AvailableFundsCap.excess": "What becomes of the coupon above the cap: lost, or carried as a due of its own.",
    "Account.day_count": "How interest accrues on what the account holds; the schedule's when left out.",
    "Residual.rank": "1 is the most senior; by default the order in the file.",
    "Fee.count": "How many units are charged `price` each.",
    "Fee.cap_per": "What `cap` holds for: each payment date, or each year.",
    "CoverageTest.numerator": "What is set against the denominator; `ratio: a / b` says both.",
    "CoverageTest.denominator": "What the numerator is set against.",
    "CoverageTest.equity_cure": "When a sponsor pays in what the test lacks, how much and how often.",
    "StatusRules.revolving": "The period in which principal buys new collateral.",
    "BorrowingBase.classes": "What is lent against, each class at its own rate.",
    "BorrowingBase.concentrations": "Obligors, sites or generations that may be only a part of what is eligible.",
    "Swap.pay_day_count": "How the leg that the deal pays accrues, where it differs.",
    "Swap.receive_day_count": "How the leg that the deal receives accrues, where it differs.",
    "Swap.termination": "What ends the swap before its time, and what that costs.",
    "Cap.start": "The cap covers accrual periods that begin on or after this date.",
    "Cap.end": "The cap covers accrual periods that end on or before this date.",
    "Cap.to": "The account that receipts come into.",
    "Cap.day_count": "How what is received accrues; the schedule's when left out.",
    "Cap.termination": "What ends the cap before its time, and its stated value.",
    "Expect.paths": "Paths of the run that gives the figures.",
    "Expect.seed": "Seed of the run that gives the figures.",
    "Expect.figures": "Figures with their tolerance, such as senior.wal: 2.3 ± 0.02.",
    "Lease.service": "What the tenant is credited when machines are down.",
    "Lease.renewal": "The tenant's option to stay.",
    "Cohort.lease": "The lease that the machines are let under.",
    "Cohort.generation": "The generation of the machines: terms of `generations`, releases and depth go by it.",
    "Cohort.site": "Where the machines stand: terms of `sites` go by it.",
    "Cohort.basis": "What these machines earn, as a share of the index.",
    "Cohort.kw_per_gpu": "Power of one machine, its share of the node included.",
    "Cohort.kw_per_rack": "Power density: what a site must be able to host.",
    "Cohort.pue": "Power usage effectiveness: facility power over machine power.",
    "Cohort.hosting_per_kw_month": "Colocation, per kW of machine power and month.",
    "Cohort.maintenance_per_gpu_month": "Maintenance, per machine and month.",
    "Impact.shape": "How the discount grows with what is sold.",
    "Outlet.impact": "The discount at the depth, and its shape.",
    "Tenant.termination": "The tenant's right to end the lease.",
    "Tenant.renegotiation": "When the tenant asks for the market's rent, and gets it.",
    "Tenant.backstop": "A parent or third party that pays what the tenant does not.",
    "Fleet.cohorts": "The machines, by cohort.",
    "Fleet.tenants": "Who rents them.",
    "Debt.conversion": "Conversion into shares, and puts.",
    "Miner.sites": "Where it mines, by name.",
    "Miner.treasury": "The coins that it holds, by name.",
    "Site.power": "The power contract.",
    "Site.hosting": "The conversion of the site to AI hosting.",
    "Pledge.release": "LTV at or below which pledged coins return to the treasury until it is `restore`.",
    "Pledge.call": "LTV at or above which the borrower posts free coins until it is `restore`.",
    "Pledge.liquidation": "LTV at or above which the lender sells at once.",
    "Treasury.sale_cost": "Taken off the price of what the borrower sells.",
    "Treasury.pledge": "The debt that coins secure, and the ladder of loan to value.",
    "Reverting.initial": "The level at closing.",
    "Reverting.mean": "What the level reverts to.",
    "Reverting.low": "The level is read no lower than this.",
    "Reverting.high": "The level is read no higher than this.",
    "Lognormal.initial": "The level at closing.",
    "Rent.initial": "The rent at closing, per GPU-hour.",
    "Rent.volatility": "Per square root of a year.",
    "Rent.dof": "Degrees of freedom of Student's t innovations; normal ones when left out.",
    "Basis.half_life": "Years in which half of a deviation is gone.",
    "Basis.volatility": "Per square root of a year.",
    "Resale.utilisation": "The share of hours that a buyer expects to let.",
    "Resale.discount": "The rate at which a buyer discounts rents, per annum.",
    "Resale.scrap": "What a machine fetches at least.",
    "Resale.haircut": "Taken off for liquidity.",
    "Coin.initial": "The price at closing.",
    "Hashrate.initial": "The network's hashrate at closing.",
    "Hashrate.volatility": "Per square root of a year.",
    "Hashrate.dof": "Degrees of freedom of Student's t innovations; normal ones when left out.",
    "Utilisation.initial": "The share at closing.",
    "Power.growth": "Of the mean, per annum.",
    "ShortRate.model": "Vasicek or Cox, Ingersoll and Ross.",
    "ShortRate.speed": "Of mean reversion, per annum.",
    "ShortRate.volatility": "Per square root of a year (of the root of the rate, under CIR).",
    "Tenants.loading": "On the common factor.",
    "Tenants.threshold": "Of the common factor, below which the other loading holds.",
    "Gaussian.correlations": "By pair: rent ~ btc: 0.3; pairs not named are 0.",
    "Clayton.theta": "The strength of dependence.",
    "Gumbel.theta": "The strength of dependence.",
    "Frank.theta": "The strength of dependence.",
    "Regime.calm": "The copula of calm times.",
    "Regime.stress": "The copula of stress.",
}
EVERYWHERE = {
    "note": "A note to the reader, such as the source of the figure.",
    "name": "What it is called.",
    "day_count": "How it accrues; the schedule's when left out.",
    "unpaid": "What becomes of what is not paid.",
}


def describe_field(kind: type, field: attrs.Attribute[object]) -> str:
    """A sentence or two on a field; empty where nobody has written one."""
    own = WORDS.get(f"{kind.__name__}.{field.name}")
    return own or _from_docstring(kind, field.name) or EVERYWHERE.get(field.name, "")


def describe_class(kind: type) -> str:
    """The first paragraph of its docstring."""
    return " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())


def _from_docstring(kind: type, name: str) -> str:
    """The sentence of the docstring that first names the field between backticks."""
    marks = "|".join(re.escape(one) for one in dict.fromkeys((name, key_of(kind, name))))
    text = " ".join((inspect.getdoc(kind) or "").split())
    for sentence in re.split(r"(?<=[.;])\s+(?=[`A-Z])", text):
        if re.search(rf"`(?:{marks})`", sentence):
            return sentence.strip()
    return ""
