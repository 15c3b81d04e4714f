"""Stage 6 of a period: the list of each status, its own or the documented default, one step after the other."""

from __future__ import annotations

import attrs

from tranche.deal import Deal, Debt, Residual, Step, Waterfalls

from .context import Context
from .limits import step_mask
from .masks import Mask
from .verbs import VERBS


def complete(deal: Deal) -> Waterfalls:
    """The deal's waterfalls with the defaults written out."""
    given = deal.waterfall
    return Waterfalls(
        performing=given.performing,
        lock_up=given.lock_up or _lock_up(deal),
        enforcement=given.enforcement or _enforcement(deal),
    )


def _lock_up(deal: Deal) -> tuple[Step, ...]:
    """`performing` without the payments to residuals: what they would get stays in the collection account."""
    residuals = {tranche.name for tranche in deal.tranches if isinstance(tranche, Residual)}
    steps = []
    for step in deal.waterfall.performing:
        kept = tuple(target for target in step.targets if target not in residuals)
        if kept:
            steps.append(attrs.evolve(step, targets=kept))
    return tuple(steps)


def _enforcement(deal: Deal) -> tuple[Step, ...]:
    """Accounts are emptied; fees; each debt by rank, interest before principal, all of its balance; residuals."""
    steps = [Step(verb="draw", targets=(account.name,)) for account in deal.accounts]
    steps += [Step(verb="pay", targets=(fee.name,)) for fee in deal.fees]
    for debt in ranked(deal):
        steps.append(Step(verb="pay", targets=(f"{debt.name}.interest",)))
        steps.append(Step(verb="pay", targets=(f"{debt.name}.principal",)))
        steps.append(Step(verb="sweep", targets=(f"{debt.name}.principal",)))
    steps += [Step(verb="pay", targets=(tranche.name,)) for tranche in deal.tranches if isinstance(tranche, Residual)]
    return tuple(steps)


def ranked(deal: Deal) -> list[Debt]:
    """The debts, most senior first; without ranks, in the order of the file."""
    order = {tranche.name: tranche.rank or k for k, tranche in enumerate(deal.tranches, start=1)}
    return sorted((t for t in deal.tranches if isinstance(t, Debt)), key=lambda debt: order[debt.name])


def lower(context: Context, masks: dict[str, Mask]) -> None:
    """Emit the list of every status that the deal can be in."""
    lists = complete(context.deal)
    for status, mask in masks.items():
        with context.emitter.only_where(mask.lane):
            for k, step in enumerate(getattr(lists, status)):
                _step(context, f"waterfall.{status}[{k}]", step, mask)


def _step(context: Context, path: str, step: Step, mask: Mask) -> None:
    emitter = context.emitter
    with emitter.step(path, words(step)):
        own = step_mask(context, step, mask)
        with emitter.only_where(own.uniform):
            VERBS[step.verb](context, step, own)


def words(step: Step) -> str:
    """The step in words, as a report or a disassembly shows it."""
    joined = {"sequential": ", then ", "pro_rata": " and "}[step.group].join(step.targets)
    text = f"transfer to {joined}" if step.verb == "transfer" else f"{step.verb} {joined}"
    if step.group == "pro_rata" and len(step.targets) > 1:
        text += " pro rata"
    if step.cover:
        text += f" for {', '.join(step.cover)}"
    if step.source != "cash":
        text += f" from {step.source}"
    if step.to != "cash" and step.verb != "transfer":
        text += f" to {step.to}"
    if step.limit is not None:
        text += f", at most {step.limit.text}"
    if step.share is not None:
        text += f", {step.share:.6g} of the cash"
    if step.when is not None:
        text += f", when {step.when.text}"
    if step.after is not None:
        text += f", from {step.after}"
    if step.until is not None:
        text += f", until {step.until}"
    return text
