"""Waterfalls: random lists of steps of every verb, and the plain sequential one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from hypothesis import strategies as st

from tranche.deal import Step, Waterfalls
from tranche.deal.step import GROUPS

from .formulas import Scope, conditions, money

SUPPORT = ("borrow", "reimburse", "settle", "cure")


@attrs.frozen
class Cast:
    """Who can be paid: names of debts, residuals, fees (and whatever else falls due), accounts (all with a target),
    facilities and guarantees (`credits`; those that are `repaid`), hedges, ledgers, and what formulas may read."""

    debts: tuple[str, ...]
    owed: tuple[str, ...]  # the dues of the debts
    drawable: tuple[str, ...]
    residuals: tuple[str, ...]
    fees: tuple[str, ...]
    accounts: tuple[str, ...]
    dates: tuple[dt.date, ...]
    scope: Scope
    credits: tuple[str, ...] = ()
    repaid: tuple[str, ...] = ()
    hedges: tuple[str, ...] = ()
    ledgers: tuple[str, ...] = ()

    @property
    def dues(self) -> tuple[str, ...]:
        return (*self.owed, *self.fees)


def plain_waterfall(debts: tuple[str, ...], fees: tuple[str, ...], residuals: tuple[str, ...]) -> Waterfalls:
    """Fees, each debt's interest then principal, residuals."""
    targets = [*fees, *(f"{debt}.{part}" for debt in debts for part in ("interest", "principal")), *residuals]
    return Waterfalls(performing=tuple(Step(verb="pay", targets=(target,)) for target in targets))


@st.composite
def waterfalls(draw: st.DrawFn, cast: Cast) -> Waterfalls:
    """Lists for each status; all but performing are more often left to their defaults."""
    performing = draw(st.lists(steps(cast), min_size=1, max_size=9))
    if draw(st.booleans()):
        premiums = tuple(due for due in cast.owed if due.endswith(".call_premium"))
        performing = [*performing, *plain_waterfall(cast.debts, (*cast.fees, *premiums), cast.residuals).performing]
    own = st.lists(steps(cast), min_size=1, max_size=5)
    return Waterfalls(
        performing=tuple(performing),
        revolving=tuple(draw(st.one_of(st.just([]), st.just([]), own))),
        early_amortisation=tuple(draw(st.one_of(st.just([]), st.just([]), own))),
        lock_up=tuple(draw(st.one_of(st.just([]), st.just([]), own))),
        enforcement=tuple(draw(st.one_of(st.just([]), st.just([]), own))),
    )


@st.composite
def steps(draw: st.DrawFn, cast: Cast) -> Step:
    """One step of any verb that the cast allows, with any modifiers."""
    verbs = ["pay", "pay", "pay", "sweep"]
    verbs += ["fund", "draw", "release", "transfer"] if cast.accounts else []
    verbs += ["draw", "repay"] if cast.drawable else []
    verbs += ["write_down", "write_up"] if draw(st.integers(0, 3)) == 0 else []
    verbs += ["borrow", "borrow"] if cast.credits else []
    verbs += ["reimburse"] if cast.repaid else []
    verbs += ["settle"] if cast.hedges else []
    verbs += ["cure"] if cast.ledgers else []
    verb = draw(st.sampled_from(verbs))
    modifiers = draw(_modifiers(cast))
    if verb == "borrow":
        modifiers.pop("share", None)
    word = {"borrow": "draw", "reimburse": "repay", "cure": "pay"}.get(verb, verb)
    fields: dict[str, Any] = {"verb": word, **draw(_targets(cast, verb)), **modifiers}
    if verb in ("write_down", "write_up"):
        fields |= {"limit": draw(money(cast.scope))}
        fields.pop("share", None)
    return Step(**fields)


@st.composite
def _targets(draw: st.DrawFn, cast: Cast, verb: str) -> dict[str, Any]:
    group = draw(st.sampled_from(GROUPS))
    source = draw(st.sampled_from(("cash", "cash", "cash", *cast.accounts)))
    if verb in SUPPORT:
        return draw(_support(cast, verb, group, source))
    match verb:
        case "pay":
            pool = (*cast.dues, *(cast.residuals if group == "sequential" else ()))
            found: dict[str, Any] = {"targets": draw(_some(pool)), "group": group, "source": source}
            if all(target in {f"{debt}.interest" for debt in cast.debts} for target in found["targets"]):
                found["short"] = draw(st.sampled_from(("carry", "capitalise")))
            return found
        case "sweep":
            pool = tuple(f"{debt}.principal" for debt in cast.debts)
            return {"targets": draw(_some(pool)), "group": group, "source": source}
        case "fund":
            targets = draw(_some(cast.accounts))
            return {"targets": targets, "source": "cash" if source in targets else source}
        case "repay":
            return {"targets": draw(_some(cast.debts)), "group": group, "source": source}
        case "write_down" | "write_up":
            return {"targets": draw(_some(cast.debts)), "group": group}
        case "draw" if cast.drawable and (not cast.accounts or draw(st.booleans())):
            return {"targets": draw(_some(cast.drawable)), "cover": draw(st.one_of(st.just(()), _some(cast.dues)))}
        case "draw":
            targets = draw(_some(cast.accounts))
            cover = draw(st.one_of(st.just(()), _some((*cast.dues, *cast.debts))))
            return {"targets": targets, "cover": cover, "to": "cash" if source in targets else source}
        case "release":
            targets = draw(_some(cast.accounts))
            return {"targets": targets, "to": "cash" if source in targets else source}
    other = draw(st.sampled_from(tuple(name for name in ("cash", *cast.accounts) if name != source)))
    return {"targets": (other,), "source": source, "to": other}


@st.composite
def _support(draw: st.DrawFn, cast: Cast, verb: str, group: str, source: str) -> dict[str, Any]:
    """Steps that name lenders, hedges and ledgers."""
    if verb == "borrow":
        cover = draw(st.one_of(st.just(()), _some((*cast.dues, *cast.debts, *cast.ledgers))))
        return {"targets": draw(_some(cast.credits)), "cover": cover, "to": source}
    if verb == "cure":  # from cash: what is paid goes to an account
        return {"targets": draw(_some((*cast.ledgers, *cast.dues))), "group": group}
    pool = cast.repaid if verb == "reimburse" else cast.hedges
    return {"targets": draw(_some(pool)), "group": group, "source": source}


def _some(names: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True).map(tuple)


@st.composite
def _modifiers(draw: st.DrawFn, cast: Cast) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if draw(st.integers(0, 3)) == 0:
        found["limit"] = draw(money(cast.scope))
    if draw(st.integers(0, 3)) == 0:
        found["share"] = draw(st.sampled_from((0.0, 0.1, 0.5, 1.0)))
    if draw(st.integers(0, 3)) == 0:
        found["when"] = draw(conditions(cast.scope))
    if draw(st.integers(0, 5)) == 0:
        days = sorted(draw(st.lists(st.sampled_from(cast.dates), min_size=2, max_size=2)))
        found["after"], found["until"] = draw(st.sampled_from((days, (days[0], None), (None, days[1]))))
    return found
