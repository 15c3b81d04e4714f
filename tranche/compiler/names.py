"""The symbol table: every name that a formula of a deal may use, and what the check needs to know of it."""

from __future__ import annotations

from collections.abc import Iterator, Set

from tranche.collateral.miner_names import miner_names
from tranche.collateral.miner_names import scheduled_names as scheduled_of_miner
from tranche.collateral.names import fleet_names
from tranche.collateral.names import scheduled_names as scheduled_of_fleet
from tranche.collateral.terms import Collections, Miner, fleet_of
from tranche.deal import CoverageTest, Deal, Debt, Swap
from tranche.deal.formula import WINDOWS, Binary, Call, Expr, Formula, Name, Unary
from tranche.deal.hedge import terminations
from tranche.deal.step import LISTS

from .coupon import known_ahead
from .scheduled import scheduled_names

STATUS_NAMES = (
    "status.revolving", "status.performing", "status.lock_up", "status.early_amortisation", "status.default",
)  # fmt: skip

# dues that arise after the dues of the date are read
LATER_DUES = (".termination", ".termination_subordinated", ".call_premium")

SECTIONS = ("fees", "accounts", "facilities", "guarantees", "hedges", "ledgers")  # whose items know their formulas

OF_THE_DATE = ("period", "periods", "final", "year_fraction")

ALWAYS = (
    *OF_THE_DATE,
    "cash",
    "collections",
    "debt_service",
    "fees.due",
    *STATUS_NAMES,
)

# what is known of a test before it is known whether it fails
MEASURED = ("numerator", "denominator", "cure", "shortfall")


def known_names(deal: Deal) -> set[str]:
    """Every name of the deal's symbol table."""
    names = set(ALWAYS)
    for tranche in deal.tranches:
        if isinstance(tranche, Debt):
            fields: tuple[str, ...] = (
                "balance",
                "notional",
                "rate",
                "interest.due",
                "interest.unpaid",
                "principal.due",
                "principal.unpaid",
                "debt_service",
                "written_down",
                *(("undrawn",) if tranche.draws is not None else ()),
                *(("extended",) if tranche.extensions else ()),
                *(("pik",) if tranche.pik is not None else ()),
            )
        else:
            fields = ("notional",)
        names.update(f"{tranche.name}.{field}" for field in fields)
    for due in due_names(deal):
        names.add(f"{due}.unpaid")
        if not due.endswith(LATER_DUES):
            names.add(f"{due}.due")
    names |= _support(deal) | scheduled_names(deal) | call_flags(deal)
    for account in deal.accounts:
        names.add(f"{account.name}.balance")
        if account.earns is not None:
            names.add(f"{account.name}.earned")
        if account.target is not None:
            names.add(f"{account.name}.target")
    for test in deal.tests:
        names.update(test_names(test))
    names.update(f"market.{column}" for column in deal.market.columns)
    names.update(f"rates.{rate.name}" for rate in deal.market.rates)
    if isinstance(deal.collateral, Collections):
        names.update(f"collections.{component}" for component in deal.collateral.components)
    if isinstance(deal.collateral, Miner):
        names.update(miner_names(deal.collateral))
    fleet = fleet_of(deal.collateral)
    if fleet is not None:
        names.update(fleet_names(fleet))
    names.update(deal.definitions)
    names |= deal.borrowing_base.names() if deal.borrowing_base is not None else set()
    names.update(series.name for series in deal.series)
    return names


def known_by_date(deal: Deal) -> set[str]:
    """What the payment date alone decides, whatever the terms of debts and collateral are."""
    rates = {f"rates.{rate.name}" for rate in deal.market.rates}
    return {*OF_THE_DATE, *rates, *(series.name for series in deal.series)}


def known_in_advance(deal: Deal) -> set[str]:
    """What is the same on every path: what the date decides, and the terms that are fixed for all dates."""
    names = known_by_date(deal) | scheduled_names(deal) | {f"{tranche.name}.notional" for tranche in deal.tranches}
    names |= {f"{debt.name}.rate" for debt in deal.tranches if isinstance(debt, Debt) and known_ahead(deal, debt)}
    if isinstance(deal.collateral, Miner):
        names |= scheduled_of_miner(deal.collateral)
    fleet = fleet_of(deal.collateral)
    return names if fleet is None else names | scheduled_of_fleet(fleet)


def reads_only(deal: Deal, tree: Expr, known: Set[str], seen: frozenset[str] = frozenset()) -> bool:
    """Whether a formula reads nothing but names in `known`, through definitions too, and no other date. `seen`: the
    definitions that it stands in."""
    if any(isinstance(node, Call) and node.function in ("prev", *WINDOWS) for node in walk(tree)):
        return False
    return all(
        reads_only(deal, deal.definitions[name].tree, known, seen | {name})
        if name in deal.definitions and name not in seen
        else name in known
        for name in used_names(tree)
    )


def _support(deal: Deal) -> set[str]:
    """Names of facilities, guarantees, hedges and ledgers besides their dues."""
    names = {f"{one.name}.{field}" for one in deal.facilities for field in ("commitment", "balance", "undrawn")}
    names |= {f"{one.name}.{field}" for one in deal.guarantees for field in ("limit", "used", "undrawn")}
    names |= {f"{one.name}.owed" for one in deal.guarantees if one.repays}
    names |= {f"{one.name}.{field}" for one in deal.hedges for field in ("notional", "received")}
    names |= {f"{one.name}.value" for one in deal.hedges if isinstance(one, Swap) and on_curve(deal, one)}
    return names | {f"{ledger.name}.balance" for ledger in deal.ledgers}


def on_curve(deal: Deal, swap: Swap) -> bool:
    """Whether its legs are fixed or follow reference rates that are known in advance, one of them at least."""
    indices = {leg.index for leg in (swap.pay, swap.receive)} - {None}
    return bool(indices) and indices <= {rate.name for rate in deal.market.rates}


def due_names(deal: Deal) -> set[str]:
    """What `pay` may name besides residuals: the keys of `Context.dues`."""
    names = {f"{debt.name}.{part}" for debt in deal.tranches if isinstance(debt, Debt) for part in debt.dues}
    names |= {fee.name for fee in deal.fees} | {f"{fee.name}.excess" for fee in deal.fees if fee.cap is not None}
    names |= {f"{facility.name}.{part}" for facility in deal.facilities for part in ("interest", "fee")}
    names |= {f"{guarantee.name}.fee" for guarantee in deal.guarantees}
    for hedge in deal.hedges:
        names |= {hedge.name, *(f"{hedge.name}.{part}" for part in terminations(hedge))}
    return names | {ledger.name for ledger in deal.ledgers}


def test_names(test: CoverageTest) -> set[str]:
    """What formulas can read of a test."""
    fields = {"breached", *MEASURED, *test.levels} - {"trigger"}
    fields |= {"equity_cure"} if test.equity_cure is not None else set()
    return {test.name} | {f"{test.name}.{field}" for field in fields}


def cure_formulas(test: CoverageTest) -> Iterator[tuple[str, Formula]]:
    """The formulas that say what cures a test, with their keys."""
    if test.cure is not None:
        yield "cure", test.cure
    for field in ("amount", "most", "when"):
        formula = getattr(test.equity_cure, field, None)
        if formula is not None:
            yield f"equity_cure.{field}", formula


def call_flags(deal: Deal) -> set[str]:
    """Whether a debt, and the deal by a clean-up call, has been called."""
    names = {"clean_up.called"} if deal.clean_up is not None else set()
    debts = [tranche for tranche in deal.tranches if isinstance(tranche, Debt)]
    return names | {f"{debt.name}.called" for debt in debts if debt.call is not None or deal.clean_up is not None}


def base_formulas(deal: Deal) -> list[tuple[str, Formula]]:
    """The formulas of the borrowing base, with their keys."""
    return deal.borrowing_base.formulas() if deal.borrowing_base is not None else []


def status_formulas(deal: Deal) -> Iterator[tuple[str, Formula]]:
    """The formulas that set the status, with their keys."""
    rules = deal.status
    if rules is None:
        return
    if rules.revolving is not None and rules.revolving.ends_when is not None:
        yield "revolving.ends_when", rules.revolving.ends_when
    for field in ("lock_up", "early_amortisation", "default"):
        formula = getattr(rules, field)
        if formula is not None:
            yield field, formula


def formulas(deal: Deal) -> Iterator[tuple[str, Formula]]:
    """Every formula of the deal with its path."""
    for name, formula in deal.definitions.items():
        yield f"definitions.{name}", formula
    for tranche in deal.tranches:
        if isinstance(tranche, Debt):
            yield from debt_formulas(tranche)
    for section in SECTIONS:
        for item in getattr(deal, section):
            for field, formula in item.formulas.items():
                yield f"{section}.{item.name}.{field}", formula
    for test in deal.tests:
        yield f"tests.{test.name}.numerator", test.numerator
        yield f"tests.{test.name}.denominator", test.denominator
        for field, formula in cure_formulas(test):
            yield f"tests.{test.name}.{field}", formula
    for name, formula in status_formulas(deal):
        yield f"status.{name}", formula
    for name, formula in base_formulas(deal):
        yield f"borrowing_base.{name}", formula
    for name, formula in deal.clean_up.formulas.items() if deal.clean_up is not None else ():
        yield f"clean_up.{name}", formula
    for status in LISTS:
        for k, step in enumerate(getattr(deal.waterfall, status)):
            steps = [(field, getattr(step, field)) for field in ("limit", "when")]
            path = f"waterfall.{status}[{k}]"
            yield from ((f"{path}.{field}", formula) for field, formula in steps if formula is not None)


def debt_formulas(debt: Debt) -> Iterator[tuple[str, Formula]]:
    """Every formula of a debt with its path."""
    path, terms, cap, draws = f"tranches.{debt.name}", debt.amortisation, debt.available_funds_cap, debt.draws
    found: list[tuple[str, Formula | None]] = [
        (f"coupon.margin[{k}].when", margin.when) for k, margin in enumerate(debt.coupon.margins)
    ]
    found += [(f"amortisation.{field}", getattr(terms, field)) for field in ("amount", "cfads", "dscr")]
    found += [("pik.when", None if debt.pik is None else debt.pik.when), ("strip", debt.strip)]
    if cap is not None:
        found += [("available_funds_cap.amount", cap.amount), ("available_funds_cap.rate", cap.rate)]
    if draws is not None:
        found += [(f"draws.{field}", getattr(draws, field)) for field in ("amount", "when", "limit")]
    found += [(f"extensions[{k}].when", extension.when) for k, extension in enumerate(debt.extensions)]
    found += [("conversion.parity", None if debt.conversion is None else debt.conversion.parity)]
    found += [("call.when", None if debt.call is None else debt.call.when)]
    for field, formula in found:
        if formula is not None:
            yield f"{path}.{field}", formula


def walk(tree: Expr, into_prev: bool = True) -> Iterator[Expr]:
    """The nodes of a formula, parents first; without what `prev(…)` holds when `into_prev` is false."""
    yield tree
    match tree:
        case Unary(_, operand):
            yield from walk(operand, into_prev)
        case Binary(_, left, right):
            yield from walk(left, into_prev)
            yield from walk(right, into_prev)
        case Call(function, arguments) if into_prev or function != "prev":
            for argument in arguments:
                yield from walk(argument, into_prev)


def used_names(tree: Expr, into_prev: bool = True) -> set[str]:
    return {node.name for node in walk(tree, into_prev) if isinstance(node, Name)}
