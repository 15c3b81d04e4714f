"""The lists that a deal leaves to their defaults, from the docstring of `tranche.deal.step.Waterfalls`."""

from __future__ import annotations

from collections.abc import Sequence

from tranche.deal import Deal, Debt, Residual, Step


def by_rank(deal: Deal) -> list[list[Debt]]:
    """The debts, those of one rank together, the most senior first."""
    ranks = {x.name: x.rank or k for k, x in enumerate(deal.tranches, start=1)}
    debts = [x for x in deal.tranches if isinstance(x, Debt)]
    return [[x for x in debts if ranks[x.name] == rank] for rank in sorted({ranks[x.name] for x in debts})]


def residuals(deal: Deal) -> list[Step]:
    return [Step(verb="pay", targets=(x.name,)) for x in deal.tranches if isinstance(x, Residual)]


def pro_rata(verb: str, debts: Sequence[Debt], *parts: str) -> list[Step]:
    """A step that pays these parts of the debts that have them; none where no debt does."""
    targets = tuple(f"{debt.name}.{part}" for part in parts for debt in debts if part in debt.dues)
    return [Step(verb=verb, targets=targets, group="pro_rata")] if targets else []


def turbo(deal: Deal) -> list[Step]:
    """What early amortisation adds to the performing list."""
    return [step for debts in by_rank(deal) for step in pro_rata("sweep", debts, "principal")] + residuals(deal)


def default_enforcement(deal: Deal, top: Sequence[Step], bottom: Sequence[Step]) -> list[Step]:
    """`top`, `bottom`: the steps of lenders, guarantors and hedges between fees and debts, and after the debts."""
    steps = [Step(verb="draw", targets=(account.name,)) for account in deal.accounts]
    steps += [Step(verb="pay", targets=(fee.name,)) for fee in deal.fees]
    steps += top
    for debts in by_rank(deal):
        steps += pro_rata("pay", debts, "interest", "commitment_fee")
        steps += pro_rata("pay", debts, "principal") + pro_rata("sweep", debts, "principal")
        steps += pro_rata("pay", debts, "call_premium")
    steps += [step for debts in by_rank(deal) for debt in debts for step in pro_rata("pay", [debt], "cap_shortfall")]
    steps += bottom
    steps += [Step(verb="pay", targets=(f"{fee.name}.excess",)) for fee in deal.fees if fee.cap is not None]
    return steps + residuals(deal)
