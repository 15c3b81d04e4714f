"""What must hold between the terms of one debt tranche."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.errors import Place, Problem

from .amortisation import Amortisation
from .call_option import CallOption
from .coupon import Coupon
from .debt import Debt
from .draws import Draws
from .schedule import Schedule

# kind → the formulas that it takes
_FORMULAS = {"target_balance": ("amount",), "pass_through": ("amount",), "sculpted": ("cfads", "dscr")}


def debt_problems(debt: Debt, schedule: Schedule | None) -> Iterator[Problem]:
    """Every problem between the fields of `debt`, with its path in the deal; with its schedule where that is known."""
    path = f"tranches.{debt.name}"
    yield from _amortisation(path, debt.amortisation, debt)
    yield from _coupon(f"{path}.coupon", debt.coupon)
    yield from _interest(path, debt)
    yield from _maturity(path, debt, schedule)
    if debt.draws is not None:
        yield from _draws(f"{path}.draws", debt.draws, debt)
    if debt.strip is not None:
        yield from _strip(path, debt)
    if debt.call is not None:
        yield from _call(f"{path}.call", debt.call, debt, schedule)
    if debt.conversion is not None:
        for field in ("pik", "draws", "extensions"):
            if getattr(debt, field):
                yield _problem(f"{path}.{field}", f"convertible notes have {field}", "leave one of them out")
        if not debt.amortisation.balloon:
            what = "convertible notes that do not convert are due whole at maturity, and balloon is false"
            yield _problem(f"{path}.amortisation.balloon", what, "leave it out")


def _problem(path: str, what: str, fix: str = "") -> Problem:
    return Problem(what, fix, Place(path))


def _amortisation(path: str, terms: Amortisation, debt: Debt) -> Iterator[Problem]:
    path, kind = f"{path}.amortisation", terms.kind
    if (kind == "schedule") != bool(terms.amounts):
        fix = "write {schedule: {amounts: [1m, 1m, …]}}, one amount per payment date"
        what = "a schedule without amounts" if kind == "schedule" else f"amounts are given but the kind is {kind!r}"
        yield _problem(path, what, fix)
    repaid = 0.0
    for amount in terms.amounts:  # not sum(): it compensates from Python 3.12 on
        repaid += amount
    if repaid > debt.notional * (1 + 1e-9):  # a cent of rounding in a long list is no mistake
        what = f"the amounts add up to {repaid:,.2f}, more than the notional {debt.notional:,.2f}"
        yield _problem(path, what, "repay the notional and no more")
    for field in ("amount", "cfads", "dscr"):
        wanted, given = field in _FORMULAS.get(kind, ()), getattr(terms, field) is not None
        if wanted and not given:
            yield _problem(f"{path}.{field}", "is missing", f"{kind} needs it: write {{{kind}: {{{field}: …}}}}")
        elif given and not wanted:
            yield _problem(f"{path}.{field}", f"{field} is given but the kind is {kind!r}", "leave it out")
    for field in ("over", "first"):
        if getattr(terms, field) is not None and kind not in ("level", "annuity"):
            what = f"{field} is given but the kind is {kind!r}"
            yield _problem(f"{path}.{field}", what, "only level and annuity take it")
    if debt.sculpted:
        if kind != "sculpted":
            fix = "amortisation: {sculpted: {cfads: …, dscr: …}}"
            yield _problem(f"{path}", "the notional is sculpted and the amortisation is not", fix)
        if debt.notional:
            yield _problem(f"tranches.{debt.name}.notional", "a sculpted debt states a notional", "notional: sculpted")


def _coupon(path: str, coupon: Coupon) -> Iterator[Problem]:
    if coupon.index is None and (coupon.floor is not None or coupon.cap is not None):
        yield _problem(path, "a fixed coupon has a floor or cap", "they bound an index: leave them out")
    if coupon.index is None and coupon.reset_lag.days:
        yield _problem(f"{path}.reset_lag", "a fixed coupon has a reset lag", "leave it out")
    for low, high in (("floor", "cap"), ("all_in_floor", "all_in_cap")):
        floor, cap = getattr(coupon, low), getattr(coupon, high)
        if floor is not None and cap is not None and floor > cap:
            what = f"the {low} {floor:.4%} is above the {high} {cap:.4%}"
            yield _problem(path, what, f"write the lower one as {low}")


def _interest(path: str, debt: Debt) -> Iterator[Problem]:
    if debt.interest_on_unpaid is not None and debt.unpaid_interest != "carried":
        what = f"unpaid interest is {debt.unpaid_interest}, and cannot bear interest"
        yield _problem(f"{path}.interest_on_unpaid", what, "unpaid_interest: carried, or leave it out")
    cap = debt.available_funds_cap
    if cap is not None and (cap.amount is None) == (cap.rate is None):
        what = "neither amount nor rate is given" if cap.amount is None else "both amount and rate are given"
        yield _problem(f"{path}.available_funds_cap", what, "write collections.interest - fees.due, or {rate: 5%}")


def _maturity(path: str, debt: Debt, schedule: Schedule | None) -> Iterator[Problem]:
    latest = None if schedule is None else schedule.maturity
    before = debt.maturity
    own, terms = debt.maturity, schedule
    if own is not None and terms is not None and not terms.closing < own <= terms.maturity:
        what = f"{own} is not after the closing and by the deal's maturity {terms.maturity}"
        yield _problem(f"{path}.maturity", what, "write a date between them")
    if debt.extensions and debt.maturity is None:
        what = "the debt is extended but has no maturity of its own"
        yield _problem(f"{path}.extensions", what, "add `maturity`, before the deal's own")
    for k, extension in enumerate(debt.extensions):
        if before is not None and extension.to <= before:
            what = f"it is extended to {extension.to}, not after {before}"
            yield _problem(f"{path}.extensions[{k}].to", what, "write a later date")
        if latest is not None and extension.to > latest:
            what = f"it is extended to {extension.to}, after the deal's maturity {latest}"
            yield _problem(f"{path}.extensions[{k}].to", what, "write an earlier date, or a later schedule.maturity")
        before = extension.to


def _draws(path: str, draws: Draws, debt: Debt) -> Iterator[Problem]:
    if draws.initial > debt.notional:
        what = f"{draws.initial:,.2f} is drawn at closing, more than the commitment {debt.notional:,.2f}"
        yield _problem(f"{path}.initial", what, "write less, or a larger notional")
    if draws.first is not None and draws.until is not None and draws.first > draws.until:
        yield _problem(f"{path}.until", f"the draws end on {draws.until}, before {draws.first}", "swap them")
    if draws.to != "cash" and draws.amount is None:
        yield _problem(f"{path}.to", "`to` without `amount`", "a draw step has its own `to`: leave it out")
    if debt.sculpted:
        yield _problem(path, "a sculpted debt is drawn at closing", "give it a notional, or leave the draws out")


def _strip(path: str, debt: Debt) -> Iterator[Problem]:
    for field in ("draws", "pik", "conversion"):
        if getattr(debt, field) is not None:
            yield _problem(f"{path}.{field}", f"an interest-only strip has {field}", "leave it out")
    if debt.amortisation != Amortisation():
        yield _problem(f"{path}.amortisation", "an interest-only strip has no principal", "leave it out")
    if debt.unpaid_interest == "capitalised":
        yield _problem(f"{path}.unpaid_interest", "an interest-only strip has no balance", "carried or cancelled")


def _call(path: str, call: CallOption, debt: Debt, schedule: Schedule | None) -> Iterator[Problem]:
    if debt.strip is not None:
        yield _problem(path, "an interest-only strip is called", "it has no principal to redeem: leave it out")
    if debt.conversion is not None:
        yield _problem(path, "convertible notes have a call", "conversion.forced is theirs: keep one of them")
    if call.when is None and call.first is None and call.begins is None:
        yield _problem(path, "the call has neither a condition nor a date", "add `when`, `first`, or prices by date")
    begins = max((day for day in (call.first, call.begins) if day is not None), default=None)
    ends = debt.maturity or (schedule.maturity if schedule is not None else None)
    if begins is not None and ends is not None and begins >= ends:
        what = f"it can be called from {begins} on, and its maturity is {ends}"
        yield _problem(path, what, "an earlier date: on its maturity a debt is due anyhow")
    if call.first is not None and call.begins is not None and call.first < call.begins and call.make_whole is None:
        what = f"it can be called from {call.first} on, and the first price is of {call.begins}"
        yield _problem(f"{path}.first", what, "a price for that date, or leave `first` out")
    until = call.make_whole.until if call.make_whole is not None else None
    if until is not None:
        if ends is not None and until > ends:
            what = f"the holder is made whole until {until}, and the maturity is {ends}"
            yield _problem(f"{path}.make_whole.until", what, "an earlier date; leave it out for the maturity")
        if call.first is not None and until <= call.first:
            what = f"the holder is made whole until {until}, and is not called before {call.first}"
            yield _problem(f"{path}.make_whole.until", what, "a later date, or no make_whole")
