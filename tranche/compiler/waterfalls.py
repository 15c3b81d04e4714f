"""Stage 6 of a period: the list of each status, its own or the documented default, one step after the other."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from tranche.deal import Deal, Debt, Residual, Step, Waterfalls
from tranche.deal.formula import Binary, Expr, Formula, Name, Number
from tranche.deal.hedge import terminations

from .context import Context
from .limits import step_mask
from .masks import Mask
from .step_words import modifiers, words
from .verbs import VERBS

FIRST = ("interest", "commitment_fee")  # of a debt's dues, what enforcement pays before principal


def complete(deal: Deal) -> Waterfalls:
    """The deal's waterfalls with the defaults written out. The default lock-up and early-amortisation lists begin with
    the performing one, in which residuals wait: see `Context.residuals_wait`."""
    given = deal.waterfall
    return Waterfalls(
        performing=given.performing,
        revolving=given.revolving or given.performing,
        lock_up=given.lock_up or given.performing,
        early_amortisation=given.early_amortisation or (*given.performing, *_turbo(deal)),
        enforcement=given.enforcement or _enforcement(deal),
    )


def _nothing_owed(deal: Deal) -> Formula:
    """True where every debt has a balance of zero and no interest or call premium unpaid."""
    owed: Expr = Number(0.0)
    for debt in deal.debts_by_rank:
        premium = ("call_premium.unpaid",) if "call_premium" in debt.dues else ()
        for field in ("balance", "interest.unpaid", *premium):
            owed = Binary("+", owed, Name(f"{debt.name}.{field}"))
    return Formula(Binary("<=", owed, Number(0.0)), "no debt is owed anything")


def _turbo(deal: Deal) -> tuple[Step, ...]:
    """All the cash repays the debts by rank, those of one rank pro rata; then it goes to the residuals."""
    order = deal.ranks
    steps = []
    for _, debts in groupby(deal.debts_by_rank, key=lambda debt: order[debt.name]):
        targets = tuple(f"{debt.name}.principal" for debt in debts)
        steps.append(Step(verb="sweep", targets=targets, group="pro_rata"))
    steps += [Step(verb="pay", targets=(tranche.name,)) for tranche in deal.tranches if isinstance(tranche, Residual)]
    return tuple(steps)


def _enforcement(deal: Deal) -> tuple[Step, ...]:
    """Accounts are emptied; fees; each debt by rank, interest and commitment fees before principal, all of its balance,
    and premiums of calls; basis-risk shortfalls; fees above their caps; residuals. Debts of one rank share by what each
    is due."""
    steps = [Step(verb="draw", targets=(account.name,)) for account in deal.accounts]
    steps += [Step(verb="pay", targets=(fee.name,)) for fee in deal.fees]
    steps += _senior_support(deal)
    steps += _calls(deal)
    order = deal.ranks
    for _, debts in groupby(deal.debts_by_rank, key=lambda debt: order[debt.name]):
        equals = list(debts)
        interest = tuple(f"{debt.name}.{part}" for debt in equals for part in debt.dues if part in FIRST)
        principal = tuple(f"{debt.name}.principal" for debt in equals)
        steps.append(Step(verb="pay", targets=interest, group="pro_rata"))
        steps.append(Step(verb="pay", targets=principal, group="pro_rata"))
        steps.append(Step(verb="sweep", targets=principal, group="pro_rata"))
        premiums = tuple(f"{debt.name}.call_premium" for debt in equals if "call_premium" in debt.dues)
        steps += [Step(verb="pay", targets=premiums, group="pro_rata")] if premiums else []
    for debt in deal.debts_by_rank:
        if "cap_shortfall" in debt.dues:
            steps.append(Step(verb="pay", targets=(f"{debt.name}.cap_shortfall",)))
    steps += _junior_support(deal)
    steps += [Step(verb="pay", targets=(f"{fee.name}.excess",)) for fee in deal.fees if fee.cap is not None]
    steps += [Step(verb="pay", targets=(tranche.name,)) for tranche in deal.tranches if isinstance(tranche, Residual)]
    return tuple(steps)


def _senior_support(deal: Deal) -> list[Step]:
    """Facilities with what they lent, then hedges and what their termination costs."""
    steps = []
    for facility in deal.facilities:
        steps += [Step(verb="pay", targets=(f"{facility.name}.{part}",)) for part in ("interest", "fee")]
        steps.append(Step(verb="repay", targets=(facility.name,)))
    for hedge in deal.hedges:
        steps.append(Step(verb="settle", targets=(hedge.name,)))
        if "termination" in terminations(hedge):
            steps.append(Step(verb="pay", targets=(f"{hedge.name}.termination",)))
    return steps


def _calls(deal: Deal) -> list[Step]:
    """Guarantees are called just before the debts, so that nobody else takes what they pay in; what they cover besides
    debts is paid with it."""
    debts, steps = {tranche.name for tranche in deal.tranches if isinstance(tranche, Debt)}, []
    for guarantee in deal.guarantees:
        if guarantee.covers:
            steps.append(Step(verb="draw", targets=(guarantee.name,)))
            others = tuple(due for due in guarantee.covers if due.partition(".")[0] not in debts)
            steps += [Step(verb="pay", targets=others)] if others else []
    return steps


def _junior_support(deal: Deal) -> list[Step]:
    """Hedges that a counterparty's default ended, then guarantors."""
    junior = "termination_subordinated"
    steps = [Step(verb="pay", targets=(f"{x.name}.{junior}",)) for x in deal.hedges if junior in terminations(x)]
    for guarantee in deal.guarantees:
        steps.append(Step(verb="pay", targets=(f"{guarantee.name}.fee",)))
        if guarantee.repays:
            steps.append(Step(verb="repay", targets=(guarantee.name,)))
    return steps


def lower(context: Context, masks: dict[str, Mask]) -> None:
    """Emit the list of every status that the deal can be in."""
    deal = context.deal
    lists = complete(deal)
    for status, mask in masks.items():
        waits = status in ("lock_up", "early_amortisation") and not getattr(deal.waterfall, status)
        context.residuals_wait = _nothing_owed(deal) if waits else None
        with context.emitter.only_where(mask.lane):
            for k, step in enumerate(getattr(lists, status)):
                _step(context, status, k, step, mask)


def _step(context: Context, status: str, place: int, step: Step, mask: Mask) -> None:
    emitter, said, path = context.emitter, modifiers(step), f"waterfall.{status}[{place}]"
    with emitter.step(path, words(step, said), status=status, **structure(context, step, said)):
        own = step_mask(context, step, mask)
        with emitter.only_where(own.uniform):
            VERBS[step.verb](context, step, own)


def structure(context: Context, step: Step, stated: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """What the step says, as fields of `program.Step`: `stated`, and what the lists and accounts add to the step."""
    said = list(stated)
    for name in step.targets:
        target = context.accounts[name].terms.target if name in context.accounts else None
        if target is not None and step.verb in ("fund", "release"):
            said.append((f"{name}.target", target.text))
    if context.residuals_wait is not None and set(step.targets) & set(context.residuals):
        said.append(("waits", context.residuals_wait.text))
    return {
        "verb": step.verb,
        "targets": step.targets,
        "group": step.group if len(step.targets) > 1 else "",
        "source": step.source,
        "to": step.to,
        "cover": step.cover or tuple(due for name in step.targets for due in _covers(context, step.verb, name)),
        "details": tuple(said),
    }


def _covers(context: Context, verb: str, name: str) -> tuple[str, ...]:
    """The dues for which a lender or a guarantor is drawn by its own terms."""
    return context.credits[name].terms.covers if verb == "draw" and name in context.credits else ()
