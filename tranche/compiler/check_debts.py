"""The check of debts with the whole deal in view: what must be known in advance, and where draws go."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tranche.deal import Deal, Debt, MakeWhole
from tranche.deal.draws import OUTSIDE
from tranche.errors import Problem, nearest
from tranche.terms.dates import PaymentDates

from .check_steps import problem
from .check_support import coupon_problems
from .coupon import known_ahead
from .instalments import maturity_index
from .names import known_by_date, used_names
from .scheduled import has_schedule


def debt_problems(deal: Deal, dates: PaymentDates) -> Iterator[Problem]:
    """Everything that is wrong with the debts, with places."""
    accounts = {account.name for account in deal.accounts}
    for debt in deal.tranches:
        if not isinstance(debt, Debt):
            continue
        path = f"tranches.{debt.name}"
        yield from _known(deal, path, debt)
        yield from _instalments(deal, path, debt, dates)
        if debt.call is not None:
            yield from proceeds_problems(deal, dates, f"{path}.call.proceeds", debt.call.proceeds)
            if debt.call.make_whole is not None:
                yield from _make_whole(deal, f"{path}.call.make_whole", debt, debt.call.make_whole)
        if debt.draws is not None and debt.draws.to not in accounts | {"cash", OUTSIDE}:
            known = {*accounts, "cash", OUTSIDE}
            yield problem(deal, f"{path}.draws.to", f"unknown account {debt.draws.to!r}", nearest(debt.draws.to, known))


def _known(deal: Deal, path: str, debt: Debt) -> Iterator[Problem]:
    """A schedule that is made in advance needs a coupon, a CFADS and a DSCR that are known in advance."""
    terms = debt.amortisation
    if terms.kind in ("annuity", "sculpted") and not known_ahead(deal, debt):
        what = f"{terms.kind} needs a coupon that is known in advance, and this one depends on the path"
        yield problem(deal, f"{path}.amortisation", what, "a fixed rate, or a reference rate, without margins")
    for field, formula in (("cfads", terms.cfads), ("dscr", terms.dscr)):
        pending, seen = [] if formula is None else [formula], set[str]()
        while pending:
            for name in sorted(used_names(pending.pop().tree) - seen):
                seen.add(name)
                if name in deal.definitions:
                    pending.append(deal.definitions[name])
                elif name not in known_by_date(deal):
                    fix = "state it under series, or use rates and period"
                    yield problem(deal, f"{path}.amortisation.{field}", f"{name!r} is not known in advance", fix)


def _instalments(deal: Deal, path: str, debt: Debt, dates: PaymentDates) -> Iterator[Problem]:
    terms, last = debt.amortisation, maturity_index(dates.dates, debt.maturity)
    if terms.first is not None and terms.first > dates.dates[last]:
        what = f"the first instalment is on {terms.first}, after the maturity {dates.dates[last]}"
        yield problem(deal, f"{path}.amortisation.first", what, "an earlier date")
    if any(terms.amounts[last + 1 :]):
        what = f"instalments are scheduled after the maturity {dates.dates[last]}"
        yield problem(deal, f"{path}.amortisation", what, "0 on the later dates")
    if debt.maturity is not None:
        ends = [debt.maturity, *(extension.to for extension in debt.extensions)]
        found = [maturity_index(dates.dates, end) for end in ends]
        for k, (a, b) in enumerate(pairwise(found)):
            if b <= a:
                what = f"{ends[k]} and {ends[k + 1]} are one payment date, {dates.dates[a]}"
                yield problem(deal, f"{path}.extensions[{k}].to", what, "a later date")


def proceeds_problems(deal: Deal, dates: PaymentDates, path: str, name: str) -> Iterator[Problem]:
    """What is wrong with an account that money comes into on a date that is not known in advance."""
    accounts = {account.name: account for account in deal.accounts}
    known = {"cash", *accounts}
    if name not in known:
        yield problem(deal, path, f"unknown account {name!r}", nearest(name, known))
    elif name != "cash" and (closes := accounts[name].closes) is not None and closes < dates.dates[-1]:
        what = f"account {name!r} closes on {closes}, and money may come into it later"
        yield problem(deal, path, what, "an account that stays open")


def _make_whole(deal: Deal, path: str, debt: Debt, terms: MakeWhole) -> Iterator[Problem]:
    """The price is known in advance where the debt's service is."""
    fix = "a price by date, or a debt whose service is known in advance"
    if not known_ahead(deal, debt):
        what = f"the coupon of {debt.name} depends on the path, so that what it would pay is not known in advance"
        yield problem(deal, path, what, fix)
    elif not has_schedule(deal, debt):
        reasons = {
            "is drawn over time": debt.draws is not None, "pays interest in kind": debt.pik is not None,
            "can be extended": bool(debt.extensions),
        }  # fmt: skip
        why = next((words for words, holds in reasons.items() if holds), f"repays by {debt.amortisation.kind}")
        yield problem(deal, path, f"{debt.name} {why}, so that what it would pay is not known in advance", fix)
    yield from coupon_problems(deal, f"{path}.rate", terms.rate)
    if terms.rate.index is not None and terms.rate.index in {factor.name for factor in deal.market.factors}:
        what = f"the discount rate follows the factor {terms.rate.index!r}, which depends on the path"
        yield problem(deal, f"{path}.rate", what, "a fixed rate, or a reference rate")
