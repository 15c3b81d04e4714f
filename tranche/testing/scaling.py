"""A deal in other units: every amount of money times `factor`, every rate and ratio as it was."""

from __future__ import annotations

from typing import Any

import attrs

from tranche.collateral.terms import Collections
from tranche.deal import (
    BorrowingBase,
    Cap,
    Deal,
    Debt,
    EquityCure,
    Fee,
    Formula,
    Guarantee,
    Hedge,
    Residual,
    Series,
    StatusRules,
    Step,
    format_expr,
)
from tranche.deal.borrowing_base import OF_A_CLASS, TOTALS
from tranche.deal.formula import WINDOWS, Binary, Call, Expr, Name, Number, Unary
from tranche.deal.step import LISTS
from tranche.errors import Problem, UsageError

MONEY = ("balance", "notional", "due", "unpaid", "debt_service", "target", "numerator", "denominator",
         "cure", "shortfall", "equity_cure", "written_down", "undrawn", "pik", "commitment", "limit", "used",
         "owed", "received", "value", "earned", *TOTALS, *OF_A_CLASS)  # fmt: skip
FIRST = (*WINDOWS, "sum_next", "npv_next")  # of whose arguments the first alone can be money
SAME = ("min", "max", "abs", "clip", "prev", *WINDOWS, "sum_next", "npv_next")  # as their first argument


def scaled(deal: Deal, factor: float) -> Deal:
    """`deal` with notionals, schedules, initial balances and the money in its formulas times `factor`.

    A literal is money where the formula needs money: `25k` as an amount, `collections - 1m`, `pool < 10m`. Raises
    UsageError for a deal on a fleet (its prices are per unit) and for a formula that adds money and numbers.
    """
    if not isinstance(deal.collateral, Collections):
        raise UsageError(Problem("only deals on given collections can be scaled", "scale the fleet's GPUs yourself"))
    unit = _Unit(deal, factor)
    return attrs.evolve(
        deal,
        tranches=tuple(map(unit.tranche, deal.tranches)),
        definitions={name: unit.formula(f, unit.degree(f.tree) or 0) for name, f in deal.definitions.items()},
        series=tuple(_series(series, factor) for series in deal.series),
        fees=tuple(unit.fee(fee) for fee in deal.fees),
        accounts=tuple(
            attrs.evolve(account, target=unit.amount(account.target), initial=unit.initial(account.initial))
            for account in deal.accounts
        ),
        facilities=tuple(
            attrs.evolve(one, commitment=unit.formula(one.commitment, 1), available=unit.condition(one.available))
            for one in deal.facilities
        ),
        guarantees=tuple(unit.guarantee(one) for one in deal.guarantees),
        hedges=tuple(unit.hedge(hedge) for hedge in deal.hedges),
        ledgers=tuple(attrs.evolve(one, losses=unit.formula(one.losses, 1)) for one in deal.ledgers),
        tests=tuple(
            attrs.evolve(
                test,
                numerator=unit.formula(test.numerator, unit.either(test.numerator.tree, test.denominator.tree)),
                denominator=unit.formula(test.denominator, unit.either(test.numerator.tree, test.denominator.tree)),
                cure=unit.amount(test.cure),
                equity_cure=unit.equity_cure(test.equity_cure),
            )
            for test in deal.tests
        ),
        status=unit.status(deal.status),
        borrowing_base=unit.borrowing_base(deal.borrowing_base),
        clean_up=deal.clean_up and attrs.evolve(
            deal.clean_up,
            when=unit.truth(deal.clean_up.when),
            purchase_price=unit.amount(deal.clean_up.purchase_price),
        ),
        waterfall=attrs.evolve(
            deal.waterfall, **{listed: tuple(map(unit.step, getattr(deal.waterfall, listed))) for listed in LISTS}
        ),
    )


def _series(series: Series, factor: float) -> Series:
    if series.unit != "money":
        return series
    return attrs.evolve(
        series,
        values=tuple(value * factor for value in series.values),
        dated=tuple((date, amount * factor) for date, amount in series.dated),
        levels=tuple((date, level * factor) for date, level in series.levels),
    )


class _Unit:
    """Finds which literals of the formulas are money: degree 1; numbers have degree 0; None is a bare literal, which
    is what its place needs."""

    def __init__(self, deal: Deal, factor: float) -> None:
        self.deal, self.factor = deal, factor
        self.fees = {fee.name for fee in deal.fees}
        self.series = {series.name: int(series.unit == "money") for series in deal.series}

    def amount(self, formula: Formula | None) -> Formula | None:
        return None if formula is None else self.formula(formula, 1)

    def formula(self, formula: Formula, degree: int) -> Formula:
        tree = self.scale(formula.tree, degree)
        return Formula(tree, format_expr(tree))

    def step(self, step: Step) -> Step:
        when = self.condition(step.when)
        return attrs.evolve(step, limit=self.amount(step.limit), when=when)

    def fee(self, fee: Fee) -> Fee:
        times = 1.0 if fee.rate is not None else self.factor
        changed: dict[str, Any] = {field: self.amount(getattr(fee, field)) for field in ("amount", "on", "cap")}
        for field in ("count", "index"):
            formula = getattr(fee, field)
            changed[field] = None if formula is None else self.formula(formula, 0)
        price = None if fee.price is None else fee.price * times
        steps = tuple((date, number * times) for date, number in fee.steps)
        return attrs.evolve(fee, **changed, price=price, steps=steps)

    def tranche(self, tranche: Debt | Residual) -> Debt | Residual:
        factor = self.factor
        if isinstance(tranche, Residual):
            return attrs.evolve(tranche, notional=tranche.notional * factor)
        terms, cap, draws = tranche.amortisation, tranche.available_funds_cap, tranche.draws
        margins = tuple(attrs.evolve(margin, when=self.truth(margin.when)) for margin in tranche.coupon.margins)
        return attrs.evolve(
            tranche,
            notional=tranche.notional * factor,
            coupon=attrs.evolve(tranche.coupon, margins=margins),
            amortisation=attrs.evolve(
                terms,
                amounts=tuple(amount * factor for amount in terms.amounts),
                amount=self.amount(terms.amount),
                cfads=self.amount(terms.cfads),
                dscr=self.condition(terms.dscr),
            ),
            pik=tranche.pik and attrs.evolve(tranche.pik, when=self.truth(tranche.pik.when)),
            available_funds_cap=cap
            and attrs.evolve(cap, amount=self.amount(cap.amount), rate=self.condition(cap.rate)),
            extensions=tuple(attrs.evolve(e, when=self.condition(e.when)) for e in tranche.extensions),
            draws=draws and attrs.evolve(
                draws,
                initial=draws.initial * factor,
                amount=self.amount(draws.amount),
                when=self.condition(draws.when),
                limit=self.amount(draws.limit),
            ),
            call=tranche.call and attrs.evolve(tranche.call, when=self.condition(tranche.call.when)),
            strip=self.amount(tranche.strip),
        )

    def initial(self, amount: float | Formula) -> float | Formula:
        return self.formula(amount, 1) if isinstance(amount, Formula) else amount * self.factor

    def condition(self, formula: Formula | None) -> Formula | None:
        """A condition, a ratio or a rate, if there is one."""
        return None if formula is None else self.truth(formula)

    def truth(self, formula: Formula) -> Formula:
        return self.formula(formula, self.degree(formula.tree) or 0)

    def borrowing_base(self, base: BorrowingBase | None) -> BorrowingBase | None:
        if base is None:
            return None
        classes = [
            attrs.evolve(
                one, cost=self.amount(one.cost), appraisal=self.amount(one.appraisal),
                ineligible={name: self.formula(item, 1) for name, item in one.ineligible.items()},
            )
            for one in base.classes
        ]  # fmt: skip
        return attrs.evolve(
            base,
            classes=tuple(classes),
            concentrations=tuple(attrs.evolve(one, of=self.formula(one.of, 1)) for one in base.concentrations),
            reserves={name: self.formula(reserve, 1) for name, reserve in base.reserves.items()},
            limit=self.amount(base.limit),
        )

    def status(self, rules: StatusRules | None) -> StatusRules | None:
        if rules is None:
            return None
        changed: dict[str, Any] = {
            field: self.condition(getattr(rules, field)) for field in ("lock_up", "early_amortisation", "default")
        }
        if rules.revolving is not None:
            ends_when = self.condition(rules.revolving.ends_when)
            changed["revolving"] = attrs.evolve(rules.revolving, ends_when=ends_when)
        return attrs.evolve(rules, **changed)

    def equity_cure(self, right: EquityCure | None) -> EquityCure | None:
        if right is None:
            return None
        when = self.condition(right.when)
        return attrs.evolve(right, amount=self.amount(right.amount), most=self.amount(right.most), when=when)
    def guarantee(self, guarantee: Guarantee) -> Guarantee:
        steps = tuple((date, number * self.factor) for date, number in guarantee.steps)
        limit, available = self.formula(guarantee.limit, 1), self.condition(guarantee.available)
        return attrs.evolve(guarantee, limit=limit, steps=steps, available=available)

    def hedge(self, hedge: Hedge) -> Hedge:
        terms = hedge.termination
        if terms is not None:
            when, counterparty = self.condition(terms.when), self.condition(terms.counterparty)
            terms = attrs.evolve(terms, when=when, counterparty=counterparty, value=self.amount(terms.value))
        changed: dict[str, Any] = {"notional": self.formula(hedge.notional, 1), "termination": terms}
        if isinstance(hedge, Cap):
            changed["premium"] = self.amount(hedge.premium)
        return attrs.evolve(hedge, **changed)

    def either(self, *trees: Expr) -> int:
        """The degree that several formulas share."""
        return max((degree for degree in map(self.degree, trees) if degree is not None), default=0)

    def name(self, name: str) -> int | None:
        if name in self.deal.definitions:
            return self.degree(self.deal.definitions[name].tree)
        if name in self.series:
            return self.series[name]
        if name in ("cash", "debt_service") or name.split(".", maxsplit=1)[0] == "collections":
            return 1
        return int(".scheduled." in name or name.rpartition(".")[2] in MONEY)

    def degree(self, tree: Expr) -> int | None:
        match tree:
            case Number():
                return None
            case Name(name):
                return self.name(name)
            case Unary(op, operand):
                return self.degree(operand) if op == "-" else 0
            case Binary("+" | "-", left, right):
                found = self.degree(left)
                return self.degree(right) if found is None else found
            case Binary("*", left, right):
                a, b = self.degree(left), self.degree(right)
                return None if a is None and b is None else (a or 0) + (b or 0)
            case Binary("/", left, right):
                a, b = self.degree(left), self.degree(right)
                return None if a is None and b is None else (a or 0) - (b or 0)
            case Call("if_else", (_, then, otherwise)):
                found = self.degree(then)
                return self.degree(otherwise) if found is None else found
            case Call(function, arguments) if function in SAME:
                counted = arguments[:1] if function in FIRST else arguments
                degrees = [degree for degree in map(self.degree, counted) if degree is not None]
                return degrees[0] if degrees else None
        return 0  # comparisons and logic

    def scale(self, tree: Expr, want: int) -> Expr:
        """`tree` with its money literals scaled, where the place needs the degree `want`."""
        match tree:
            case Number(value):
                return Number(value * self.factor) if want == 1 else tree
            case Name(name) if name in self.deal.definitions and self.degree(tree) is None:
                return self.scale(self.deal.definitions[name].tree, want)  # a literal by another name
            case Name():
                return tree
            case Unary(op, operand):
                return Unary(op, self.scale(operand, want if op == "-" else self.degree(operand) or 0))
            case Binary("+" | "-" as op, left, right):
                return Binary(op, self.scale(left, want), self.scale(right, want))
            case Binary("*" | "/" as op, left, right):
                return self._product(op, left, right, want)
            case Binary("and" | "or" as op, left, right):
                return Binary(op, self.scale(left, self.degree(left) or 0), self.scale(right, self.degree(right) or 0))
            case Binary(op, left, right):
                both = self.either(left, right)
                return Binary(op, self.scale(left, both), self.scale(right, both))
            case Call(function, arguments):
                return Call(function, self._arguments(function, arguments, want))
        raise TypeError(f"not an Expr: {tree!r}")

    def _product(self, op: str, left: Expr, right: Expr, want: int) -> Expr:
        a, b = self.degree(left), self.degree(right)
        sign = 1 if op == "*" else -1
        if a is None:  # the literal makes up what the other side lacks
            a = want - sign * (b or 0)
        if b is None:
            b = sign * (want - a)
        if a + sign * b != want:
            raise UsageError(Problem(f"money and numbers are mixed in {format_expr(Binary(op, left, right))!r}"))
        return Binary(op, self.scale(left, a), self.scale(right, b))

    def _arguments(self, function: str, arguments: tuple[Expr, ...], want: int) -> tuple[Any, ...]:
        if function in FIRST:
            return self.scale(arguments[0], want), *arguments[1:]
        if function == "if_else":
            condition, *branches = arguments
            return self.scale(condition, self.degree(condition) or 0), *(self.scale(x, want) for x in branches)
        return tuple(self.scale(argument, want) for argument in arguments)
