"""Stage 5 of a period: the status that tests and rules lead to, the mask of each waterfall, and acceleration."""

from __future__ import annotations

from tranche.deal import StatusRules
from tranche.deal.formula import Formula
from tranche.program import Claim, Op

from .context import Context, Scheduled
from .coverage import Biting
from .expressions import lower_formula
from .masks import Mask
from .names import STATUS_NAMES, formulas, used_names
from .values import ONE, ZERO, Constant, Value, is_uniform, series
from .wording import details

MATERIAL = 1e-9  # of the notional: what must be unpaid to be a payment default


def lower(context: Context, biting: Biting) -> dict[str, Mask]:
    """The mask of each status that the deal can be in (`performing` alone when nothing sets a status)."""
    rules = context.deal.status or StatusRules()
    for name in STATUS_NAMES:
        context.define(name, ONE if name == "status.performing" else ZERO)
    ruled = rules.revolving or rules.lock_up or rules.early_amortisation or rules.default or rules.payment_default
    if not any(biting.values()) and not ruled:
        return {"performing": Mask()}
    with context.emitter.step("status", "status of the deal", details=details(rules)):
        return _status(context, biting, rules)


def _status(context: Context, biting: Biting, rules: StatusRules) -> dict[str, Mask]:
    """Each status where no graver one holds; default and, where the rules say so, early amortisation are for good."""
    emitter = context.emitter
    unpaid = _payment_defaults(context, rules)
    causes = [*biting["default"], *_holds(context, rules.default)]
    causes += unpaid.values() if rules.cross_acceleration else ()
    defaulted: Value = ZERO
    if causes:
        state = emitter.state("status.default")
        defaulted = _any(context, [state, *causes])
        emitter.emit(Op.COPY, state, defaulted)
        context.record("status", "default", state, flow=False)
    early = _any(context, [*biting["early_amortisation"], *_holds(context, rules.early_amortisation)])
    if rules.early_amortisation_is_final and early != ZERO:
        state = emitter.state("status.early_amortisation has begun")
        early = emitter.compute(Op.OR, state, early)
        emitter.emit(Op.COPY, state, early)
    locked = _any(context, [*biting["lock_up"], *_holds(context, rules.lock_up)])
    revolving = _revolving(context, rules, [early, defaulted])
    found: dict[str, Value] = {"enforcement": defaulted}
    graver = [defaulted]
    for name, holds in (("early_amortisation", early), ("lock_up", locked), ("revolving", revolving)):
        found[name] = _unless(context, holds, graver)
        graver.append(holds)
    found["performing"] = emitter.compute(Op.NOT, _any(context, list(found.values())))
    for name in ("lock_up", "early_amortisation", "revolving", "performing"):
        context.define(f"status.{name}", found[name])
    context.define("status.default", defaulted)
    _record(context, found)
    if rules.acceleration and context.deal.status is not None:
        _accelerate(context, defaulted, {} if rules.cross_acceleration else unpaid)
    order = ("performing", "lock_up", "early_amortisation", "revolving", "enforcement")
    return {name: _mask(found[name]) for name in order if found[name] != ZERO}


def _mask(holds: Value) -> Mask:
    return Mask(holds, ONE) if is_uniform(holds) else Mask(ONE, holds)


def _holds(context: Context, formula: Formula | None) -> list[Value]:
    return [] if formula is None else [context.emitter.frozen(lower_formula(context, formula))]


def _any(context: Context, conditions: list[Value]) -> Value:
    result: Value = ZERO
    for condition in conditions:
        if condition != ZERO:
            result = condition if result == ZERO else context.emitter.compute(Op.OR, result, condition)
    return result


def _unless(context: Context, holds: Value, graver: list[Value]) -> Value:
    compute = context.emitter.compute
    prevented = ZERO if holds == ZERO else _any(context, graver)
    return holds if prevented == ZERO else compute(Op.AND, holds, compute(Op.NOT, prevented))


def _revolving(context: Context, rules: StatusRules, ends: list[Value]) -> Value:
    """Within the revolving period, which what ends it ends for good."""
    terms, emitter = rules.revolving, context.emitter
    if terms is None:
        return ZERO
    within = series([float(terms.until is None or date <= terms.until) for date in context.dates.dates])
    ended = _any(context, [*_holds(context, terms.ends_when), *ends])
    if ended == ZERO:
        return within
    state = emitter.state("the revolving period has ended")
    emitter.emit(Op.COPY, state, emitter.compute(Op.OR, state, ended))
    return emitter.compute(Op.AND, within, emitter.compute(Op.NOT, state))


def _record(context: Context, found: dict[str, Value]) -> None:
    """A deal whose status is told by more than whether a test fails records it; `default` is always recorded."""
    tests = context.deal.tests
    plain = all(test.every == 1 and not test.grace and test.clean == 1 and not test.equity_cure for test in tests)
    if found["enforcement"] != ZERO or context.deal.status is not None:
        context.claims.append(Claim("status", "status"))
    if context.deal.status is None and plain and found["early_amortisation"] == ZERO:
        return
    if not any(claim.kind == "status" for claim in context.claims):
        context.claims.append(Claim("status", "status"))
    for name in ("revolving", "lock_up", "early_amortisation"):
        if found[name] != ZERO:
            state = context.emitter.state(f"status.{name}")
            context.emitter.emit(Op.COPY, state, found[name])
            context.record("status", name, state, flow=False)


def _payment_defaults(context: Context, rules: StatusRules) -> dict[str, Value]:
    """Per debt: 1 where one of its dues has been unpaid for as many dates in a row as the rules allow."""
    found: dict[str, Value] = {}
    for due, dates in rules.payment_default.items():
        name = due.partition(".")[0]
        row = context.emitter.state(f"{due} unpaid, dates in a row")
        context.unpaid_rows[due] = row
        late = context.emitter.compute(Op.LE, Constant(float(dates)), row)
        if not rules.cross_acceleration:  # what accelerates a debt alone does so for good
            state = context.emitter.state(f"{name} is accelerated")
            late = context.emitter.compute(Op.OR, state, late)
            context.emitter.emit(Op.COPY, state, late)
        found[name] = late if name not in found else context.emitter.compute(Op.OR, found[name], late)
    return found


def _accelerate(context: Context, defaulted: Value, own: dict[str, Value]) -> None:
    """The whole balance of a debt falls due."""
    emitter = context.emitter
    for name, debt in context.debts.items():
        due = _any(context, [defaulted, *([own[name]] if name in own else [])])
        if due != ZERO:
            read = debt.terms.amortisation.carries and _reads_principal_due(context, name)
            whole = emitter.compute(Op.SELECT, due, debt.balance, debt.principal, name="accelerated")
            if read:  # `whole` as well: in a default from the first date on it is the balance itself
                kept = [emitter.frozen(value) for value in (debt.principal, whole, debt.written or ZERO)]
                context.scheduled[name] = Scheduled(due, *kept)
            emitter.emit(Op.COPY, debt.principal, whole)
            context.accelerated[name] = due


def _reads_principal_due(context: Context, debt: str) -> bool:
    """Whether any formula reads what the schedule makes due of a debt's principal."""
    names = {f"{debt}.principal.due", f"{debt}.debt_service", "debt_service"}
    return any(names & used_names(formula.tree) for _, formula in formulas(context.deal))


def restore(context: Context) -> None:
    """Last of all: of what acceleration made due, the next date finds the arrears of the schedule alone. Repayments
    lower them, write-downs do not."""
    emitter = context.emitter
    for name, before in context.scheduled.items():
        debt = context.debts[name]
        register = debt.principal
        repaid = emitter.compute(Op.SUB, before.whole, register, name="repaid")
        if debt.written is not None:
            lost = emitter.compute(Op.SUB, debt.written, before.written, name="written down")
            lost = emitter.compute(Op.MAX, lost, ZERO, name="written down")
            repaid = emitter.compute(Op.MAX, emitter.compute(Op.SUB, repaid, lost), ZERO, name="repaid")
        arrears = emitter.compute(Op.SUB, before.due, repaid, name="arrears")
        arrears = emitter.compute(Op.MAX, ZERO, arrears, name="arrears")
        emitter.emit(Op.COPY, register, emitter.compute(Op.SELECT, before.default, arrears, register, name="arrears"))


def at_close(context: Context, name: str) -> None:
    """An accelerated debt is due no more than it owes (sweeps repay it beside the due), and what is unpaid is
    counted."""
    emitter, debt = context.emitter, context.debts[name]
    if name in context.accelerated:
        owed = emitter.compute(Op.MIN, debt.balance, debt.principal)
        left = emitter.compute(Op.SELECT, context.accelerated[name], owed, debt.principal, name="left due")
        emitter.emit(Op.COPY, debt.principal, left)
    for part, register in (("interest", debt.interest), ("principal", debt.principal)):
        row = context.unpaid_rows.get(f"{name}.{part}")
        if row is not None:
            unpaid = emitter.compute(Op.LT, Constant(MATERIAL * debt.terms.notional), register)
            longer = emitter.compute(Op.ADD, row, ONE)
            emitter.emit(Op.COPY, row, emitter.compute(Op.SELECT, unpaid, longer, ZERO))
