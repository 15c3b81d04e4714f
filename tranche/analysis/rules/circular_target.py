"""A target that chases itself: it reads the balance of the account that it is the target of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tranche.analysis.subject import Subject
from tranche.deal import Account
from tranche.deal.formula import Binary, Call, Expr, Formula, Name, Number, Unary
from tranche.errors import DealWarning

RULE = "circular-target"


def circular_target(subject: Subject) -> Iterator[DealWarning]:
    """`max(reserve.balance, x)` and the like keep what is there and are no circle; `reserve.balance + x` and a share of
    it never come to rest. Balances of other accounts count through their own targets."""
    accounts = {account.name: account for account in subject.deal.accounts if account.target is not None}
    needs = {name: _balances(subject, account) & set(accounts) for name, account in accounts.items()}
    for name in accounts:
        circle = _circle(needs, name)
        if circle:
            trail = " → ".join(f"{one}.target" for one in [*circle, name])
            what = f"the target of {name} follows what {name} itself holds, and never comes to rest ({trail})"
            fix = f"a target that does not read {circle[-1]}.balance; max({name}.balance, …) keeps what is there"
            yield subject.warning(RULE, f"accounts.{name}.target", what, fix)


def _balances(subject: Subject, account: Account) -> set[str]:
    """Accounts whose balance, now, moves the target up or down with it."""
    assert account.target is not None
    return _moved_by(account.target.tree, subject.deal.definitions, set())


def _moved_by(tree: Expr, definitions: Mapping[str, Formula], seen: set[str]) -> set[str]:
    match tree:
        case Number():
            return set()
        case Name(name) if name in definitions and name not in seen:
            return _moved_by(definitions[name].tree, definitions, seen | {name})
        case Name(name):
            return {name.removesuffix(".balance")} if name.endswith(".balance") else set()
        case Unary(_, operand):
            return _moved_by(operand, definitions, seen)
        case Binary(op, left, right) if op in "+-*/":
            return _moved_by(left, definitions, seen) | _moved_by(right, definitions, seen)
        case Binary():
            return set()  # a comparison switches, and does not follow
        case Call(function, arguments) if function in ("max", "min", "if_else", "clip"):
            # one of several values: the bare balance keeps what is there
            parts = [part for part in arguments if not isinstance(part, Name)]
            return set[str]().union(*(_moved_by(part, definitions, seen) for part in parts))
        case Call("abs", (operand,)):
            return _moved_by(operand, definitions, seen)
    return set()  # prev and its kin read the past


def _circle(needs: Mapping[str, set[str]], start: str) -> list[str]:
    """A way from an account back to itself; empty where there is none."""
    trails = [[start]]
    seen: set[str] = set()
    while trails:
        trail = trails.pop(0)
        for name in sorted(needs[trail[-1]]):
            if name == start:
                return trail
            if name not in seen:
                seen.add(name)
                trails.append([*trail, name])
    return []
