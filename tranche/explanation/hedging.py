"""What became of a hedge on a path: what was paid and received, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tranche.deal import Cap, Swap
from tranche.program import Claim, Program

from .events import short_on
from .lines import Day
from .observer import dust
from .setting import Setting
from .sums import cash, dates_of, total
from .terminations import PARTS
from .words import money


def hedge(program: Program, claim: Claim, days: Sequence[Day], setting: Setting) -> Iterator[str]:
    """None of a hedge under which nothing moved."""
    name, least = claim.name, dust(program)
    paid, received = f"{name}.paid", f"{name}.received"
    terms = setting.hedges.get(name)
    net = " net" if isinstance(terms, Swap) else ""
    of = {paid: " of premium" if isinstance(terms, Cap) else net, received: net}
    parts = [
        f"the deal {word} {cash(program, total(days, record))}{of[record]} {dates_of(days, record, least)}"
        for word, record in (("paid", paid), ("received", received)) if total(days, record) > least
    ]  # fmt: skip
    if len(parts) == 2:
        parts = [f"{parts[0]}, and {parts[1].removeprefix('the deal ')}"]
    parts += _ended(program, name, days, setting)
    late = short_on(days, name, least)
    if late:
        parts.append(f"the deal was short of a due under it {late}")
    if parts:
        yield f"{name}: {'; '.join(parts)}."


def _ended(program: Program, name: str, days: Sequence[Day], setting: Setting) -> Iterator[str]:
    day = next((day for day in days if name in day.ended), None)
    if day is None:
        return
    least, owed = dust(program), day.ended[name]
    came = total(days, f"{name}.termination_received")
    said = f"terminated on {day.date}, when "
    if owed > least:
        paid = sum(total(days, f"{name}.{part}") for part in PARTS)
        of = "all of which was paid" if owed - paid <= least else f"of which {money(paid)} was paid"
        yield f"{said}the deal owed {cash(program, owed)}, {of if paid > least else 'none of which was paid'}"
    elif came > least:
        yield f"{said}{_came(program, name, came, setting)}"
    else:
        yield f"{said}nothing was owed by the deal and nothing came in"


def _came(program: Program, name: str, came: float, setting: Setting) -> str:
    """What the counterparty owed can be told where only its own default ends the hedge: it pays a part of it then."""
    terms = getattr(setting.hedges.get(name), "termination", None)
    if terms is not None and terms.when is None and 0 < terms.recovery < 1:
        return f"the counterparty owed {cash(program, came / terms.recovery)}, of which {money(came)} came in"
    return f"the counterparty paid {cash(program, came)}"
