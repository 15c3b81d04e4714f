"""What each key of a deal file means, in a sentence: from the docstring of its class, which is where it is documented;
and here, for keys whose class speaks of them in other words."""

from __future__ import annotations

import inspect
import re

import attrs

from tranche.deal import Amortisation, Waterfalls

from .keys import RENAMED, key_of

# class.field → words, for fields that no docstring names between backticks
WORDS = {
    "Schedule.closing": "The date on which the deal closes; the first period begins here.",
    "Schedule.calendar": "The business days that payment dates are adjusted to.",
    "Schedule.determination_days": "Days between the determination date of a payment date and the payment date.",
    "Schedule.day_count": "How interest and fees accrue, unless they say otherwise.",
    "Schedule.end_of_month": "Payment dates stay on the last day of the month.",
    "Draws.revolving": "Whether what was repaid can be drawn again.",
    "Amortisation.amount": "What `target_balance` or `pass_through` goes by.",
    "Amortisation.cfads": "The cash that `sculpted` debt service is a part of, known in advance.",
    "Amortisation.dscr": "`sculpted` debt service is `cfads` over this.",
    "Fee.day_count": "How it accrues; the schedule's when left out.",
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
    "CoverageTest.unit": "How people read its levels: x (1.20x) or % (75%); by default as the levels are written.",
    "CoverageTest.equity_cure": "When a sponsor pays in what the test lacks, how much and how often.",
    "StatusRules.acceleration": "From a default on, the whole balance of every debt is due on every date.",
    "StatusRules.cross_acceleration": "A payment default of one debt is a default of the deal and accelerates all; "
    "without it, it accelerates that debt alone, and the status does not change.",
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
    "Cohort.releasing_gap_days": "Days without rent between the end of the lease and the market's rent.",
    "Cohort.in_service": "The date from which the machines are in service, `delay` later where there is one; closing.",
    "Cohort.ramp_days": "Days over which the machines come into service, evenly.",
    "Cohort.delay_days": "Days by which the machines come into service later than `in_service`.",
    "Cohort.repair_days": "Days that a machine which failed and is not scrapped is down.",
    "Cohort.repair_cost": "What the repair of a machine costs.",
    "Cohort.switch_off": "A machine that no lease holds runs only where its rent covers power and upkeep.",
    "Cohort.reserve_price": "The rent below which a machine that no lease holds is off, with `switch_off`.",
    "Cohort.insurance": "A share of the machines' cost a year.",
    "Cohort.property_tax": "A share of the book value a year.",
    "Cohort.cost_per_gpu": "What a machine cost; written off straight-line over `life_years` it is the book value.",
    "Cohort.life_years": "The years over which the cost is written off.",
    "Liquidation.orderly_months": "Months over which all machines are sold for the orderly value.",
    "Liquidation.forced_months": "Months over which all machines are sold for the forced value.",
    "Site.in_service": "The date from which the machines are in service; closing when left out.",
    "Site.ramp_days": "Days over which the machines come into service, evenly.",
    "Site.uptime": "The share of the hours in which the machines mine.",
    "Site.pool_fee": "The pool's share of what is mined.",
    "Site.pue": "Power usage effectiveness: the site's power over the machines'.",
    "Site.upkeep_per_ph_month": "Upkeep, per PH/s and month; saved where the machines are off.",
    "Site.switch_off": "The machines mine only where that leaves no less than to stand still or to sell the power.",
    "Site.cost_per_ph": "What a PH/s cost; written off straight-line over `life_years` it is the book value.",
    "Site.life_years": "The years over which the cost is written off.",
    "Hosting.delay_days": "Days from `start` until the power is let.",
    "Step.cover": "The dues that a `draw` covers.",
    "Step.source": "The account that the step pays out of.",
    "Step.to": "The account that a `draw`, `release` or `transfer` pays into.",
    "Step.limit": "The most that the step moves on a date, all its targets together; of a write-down, the loss.",
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
    "Impact.most": "The most that the price is lowered by.",
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
    "Pledge.restore": "The LTV that releases, margin calls and the sales after them lead back to.",
    "Pledge.cost": "Taken off the price of what the lender sells.",
    "Pledge.call": "LTV at or above which the borrower posts free coins until it is `restore`.",
    "Pledge.liquidation": "LTV at or above which the lender sells at once.",
    "Treasury.sale_cost": "Taken off the price of what the borrower sells.",
    "Treasury.pledge": "The debt that coins secure, and the ladder of loan to value.",
    "Reverting.initial": "The level at closing.",
    "Reverting.mean": "What the level reverts to.",
    "Reverting.low": "The level is read no lower than this.",
    "Reverting.high": "The level is read no higher than this.",
    "Lognormal.initial": "The level at closing.",
    "Lognormal.drift": "The continuously compounded growth of the mean.",
    "Reverting.speed": "Of mean reversion, per annum.",
    "Resale.life": "The economic life, from closing.",
    "Lognormal.volatility": "Standard deviation of a year's moves of the logarithm.",
    "Reverting.volatility": "Standard deviation of a year's moves of the level.",
    "Power.volatility": "Standard deviation of a year's moves of the logarithm.",
    "Coin.volatility": "Standard deviation of a year's moves of the logarithm, outside spells of turbulence.",
    "Coin.turbulent_volatility": "Standard deviation of a year's moves of the logarithm in spells of turbulence.",
    "Jump.deviation": "Standard deviation of the logarithm of the change.",
    "Rent.initial": "The rent at closing, per GPU-hour.",
    "Rent.volatility": "Standard deviation of a year's moves of the logarithm.",
    "Rent.dof": "Degrees of freedom of Student's t innovations; normal ones when left out.",
    "Basis.half_life": "Years in which half of a deviation is gone.",
    "Basis.volatility": "Standard deviation of a year's moves of ln(1 + b).",
    "Resale.utilisation": "The share of hours that a buyer expects to let.",
    "Resale.discount": "The rate at which a buyer discounts rents, per annum.",
    "Resale.scrap": "What a machine fetches at least.",
    "Resale.haircut": "Taken off while the debt market, `market`, is closed.",
    "Coin.initial": "The price at closing.",
    "Hashrate.initial": "The network's hashrate at closing.",
    "Hashrate.volatility": "Standard deviation of a year's moves of the logarithm.",
    "Hashrate.elasticity": "The power of the move of what it `follows` by which it moves a period later.",
    "Hashrate.dof": "Degrees of freedom of Student's t innovations; normal ones when left out.",
    "Utilisation.initial": "The share at closing.",
    "Power.growth": "Of the mean, per annum.",
    "ShortRate.model": "Vasicek or Cox, Ingersoll and Ross.",
    "ShortRate.speed": "Of mean reversion, per annum.",
    "ShortRate.volatility": "Of the rate (under CIR: of the root of the rate).",
    "Tenants.count": "How many names there are.",
    "Tenants.pd": "The probability of default within a year, the same every year, or cumulative ones by years.",
    "Tenants.grade": "The grade whose default curve the market states, in the place of `pd`.",
    "Tenant.grade": "The grade whose default curve the market states, in the place of `pd`.",
    "Tenants.loading": "On the common factor.",
    "Tenants.threshold": "Of the common factor, below which `stress_loading` holds.",
    "Gaussian.correlations": "By pair: rent ~ btc: 0.3; pairs not named are 0.",
    "Clayton.theta": "The strength of dependence.",
    "Gumbel.theta": "The strength of dependence.",
    "Frank.theta": "The strength of dependence.",
    "Regime.calm": "The copula of calm times.",
    "Regime.stress": "The copula of stress.",
}
STEP = "One step: a verb with what it pays or moves, and what modifies it."
VERBS = {
    "pay": "Pays what is due: TRANCHE.interest, TRANCHE.principal, a fee (NAME; NAME.excess above its cap), interest "
    "and fees of a facility, a hedge that has ended (NAME.termination), a ledger; to a residual all that is left.",
    "fund": "Tops an account up to its target.",
    "draw": "Brings an account into cash: what cash lacks of the dues under `for`, or all of it; a debt with draws, up "
    "to what is available; a facility or a guarantee, for what cash lacks; or sells coins of a treasury.",
    "release": "Pays out what an account holds above its target, to cash or the account under `to`.",
    "repay": "Repays a debt's balance, due or not; or what a facility has lent or a guarantor is owed.",
    "settle": "Pays the net amount due under a hedge.",
    "sweep": "Repays TRANCHE.principal down to a zero balance: what is due first, then ahead of the schedule.",
    "transfer": "Moves money to an account, from the one under `from`: all of it, or up to `limit`.",
    "write_down": "Reduces balances of debts by a loss, `limit`, in the order named; no money moves.",
    "write_up": "What was written down of debts is owed again, up to a recovery, `limit`, in the order named.",
}
GROUPS = {"sequential": "In order: each is paid before the next.", "pro_rata": "In proportion to what each is due."}
RUNS = {
    "revolving": "Runs in the revolving period.",
    "performing": "Runs when no test and no rule says otherwise.",
    "lock_up": "Runs while a lock-up level or rule holds.",
    "early_amortisation": "Runs while an early-amortisation level or rule holds.",
    "enforcement": "Runs after a default, for good.",
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
    """The first paragraph of its docstring, but for a sentence that leads over to what follows it."""
    first = " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())
    *others, last = _sentences(first)
    return _as_keys(kind, " ".join(others) if others and last.endswith(":") else _ended(first))


def describe_amortisation(word: str) -> str:
    """What a kind of amortisation means."""
    return _as_keys(Amortisation, _listed(Amortisation, word))


def describe_list(status: str) -> str:
    """When a waterfall list is run, and what stands for it where it is left out."""
    unless = "" if status == "performing" else f" Left out: {_uncapital(_listed(Waterfalls, status))}"
    return f"{RUNS[status]}{unless}"


def _from_docstring(kind: type, name: str) -> str:
    """What the docstring lists under the field; or its sentence that first names the field between backticks."""
    names = tuple(dict.fromkeys((name, key_of(kind, name))))
    for one in names:
        listed = _listed(kind, one)
        if listed:
            return _as_keys(kind, listed)
    marks = "|".join(map(re.escape, names))
    for _, text in _blocks(inspect.getdoc(kind) or ""):
        for sentence in _sentences(text):
            if re.search(rf"`(?:{marks})`", sentence):
                return _as_keys(kind, _ended(sentence))
    return ""


# `word   what it means`, alone or behind "`kind`:"
_ITEM = re.compile(r"(?P<before>\s*(?:`kind`:\s+)?)(?P<words>`?\w+`?(?:, `?\w+`?)*)\s{2,}(?P<text>\S.*)")


def _blocks(doc: str) -> list[tuple[tuple[str, ...], str]]:
    """The paragraphs of a docstring, and the items of its lists: (the words that an item is about, text)."""
    made: list[tuple[tuple[str, ...], list[str]]] = []
    depth = -1  # of the item that is being read; -1: none is
    fresh = True
    for line in doc.splitlines():
        item = _ITEM.fullmatch(line)
        if item is not None:
            depth = len(item["before"])
            made.append((tuple(item["words"].replace("`", "").split(", ")), [item["text"]]))
        elif not line.strip():
            fresh = True
            continue
        elif fresh or (depth >= 0 and len(line) - len(line.lstrip()) <= depth):
            depth = -1
            made.append(((), [line]))
        else:
            made[-1][1].append(line)
        fresh = False
    return [(words, " ".join(" ".join(lines).split())) for words, lines in made]


def _listed(kind: type, word: str) -> str:
    """What a list in the docstring says of a word; empty where there is no such item."""
    return next((_ended(text) for words, text in _blocks(inspect.getdoc(kind) or "") if word in words), "")


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.;])\s+(?=[`A-Z])", text)


def _ended(text: str) -> str:
    """As a sentence of its own."""
    text = text.strip().rstrip(";:,")
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", ".)")) else ".")


def _uncapital(text: str) -> str:
    return text[:1].lower() + text[1:]


def _as_keys(kind: type, text: str) -> str:
    """With the keys of files in the place of the fields' names."""
    for field, key in RENAMED.get(kind, {}).items():
        text = text.replace(f"`{field}`", f"`{key}`")
    return text.replace("None:", "left out:")
