"""Floor 4. What a run records of each kind of class: the columns of its tables, and the names that mean something."""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache
from itertools import zip_longest

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.errors import Problem, UsageError, nearest
from tranche.program import Claim, Program
from tranche.reduction import OWED

FLEET = ("revenue", "opex", "proceeds", "owned", "sold", "book", "appraised", "economic", "orderly", "forced")

TREASURY = (
    "mined", "sold", "drawn", "posted", "released", "called", "liquidated", "foreclosed", "coins", "pledged", "value",
)  # fmt: skip

# record field of a test's level → the level in words
LEVEL_WORDS = {
    "breached": "trigger",
    "sweep": "sweep level",
    "lock_up": "lock-up level",
    "early_amortisation": "early-amortisation level",
    "default": "default level",
}

# kind → column → the record fields it adds up
FIELDS: dict[str, dict[str, tuple[str, ...]]] = {
    "debt": {
        "interest": ("interest",),
        "principal": ("principal", "prepaid"),
        "shortfall": ("shortfall",),
        "deferred": ("deferred",),
        "balance": ("balance",),
    },
    "residual": {"distribution": ("distribution",)},
    "fee": {"paid": ("paid", "excess"), "excess": ("excess",), "shortfall": ("shortfall",)},
    "facility": {
        "advanced": ("advanced",),
        "repaid": ("repaid",),
        "interest": ("interest",),
        "fee": ("fee",),
        "shortfall": ("shortfall",),
        "balance": ("balance",),
    },
    "guarantee": {
        "called": ("called",),
        "reimbursed": ("reimbursed",),
        "fee": ("fee",),
        "shortfall": ("shortfall",),
        "used": ("used",),
    },
    "hedge": {
        "received": ("received",),
        "paid": ("paid",),
        "termination_received": ("termination_received",),
        "termination": ("termination", "termination_subordinated"),
        "shortfall": ("shortfall",),
    },
    "ledger": {
        "debited": ("debited",),
        "credited": ("credited",),
        "unallocated": ("unallocated",),
        "balance": ("balance",),
    },
    "account": {"funded": ("funded",), "drawn": ("drawn",), "earned": ("earned",), "balance": ("balance",)},
    "collateral": {"collections": ("collections",), "unfunded": ("unfunded",)},
    "fleet": {field: (field,) for field in FLEET},
    "miner": {field: (field,) for field in ("revenue", "income", "opex", "proceeds", "book", "value", "forced")},
    "treasury": {field: (field,) for field in TREASURY},
    "test": {
        field: (field,) for field in (*LEVEL_WORDS, "equity_cure")
    },
    "borrowing_base": {
        field: (field,)
        for field in ("gross", "ineligible", "concentration", "eligible", "base", "availability", "deficiency")
    },
    "status": {field: (field,) for field in ("revolving", "lock_up", "early_amortisation", "default")},
}

# columns that only some deals have, of a debt: basis-risk shortfall, commitment fee and call premium that were paid,
# what was drawn after closing, losses written down and recoveries written up, what the sponsor paid in to redeem it and
# whether it has been called; of the collateral: what a clean-up call paid for it, and whether there was one
OPTIONAL: dict[str, dict[str, tuple[str, ...]]] = {
    "debt": {
        "cap_shortfall": ("cap_shortfall",),
        "commitment_fee": ("commitment_fee",),
        "drawn": ("drawn", "drawn_outside"),
        "written_down": ("written_down",),
        "written_up": ("written_up",),
        "converted": ("converted",),
        "call_premium": ("call_premium",),
        "refinanced": ("refinanced",),
        "called": ("called",),
    },
    "collateral": {"clean_up": ("clean_up",), "called": ("called",)},
}


def columns_of(program: Program, claim: Claim) -> dict[str, tuple[str, ...]]:
    """The columns of a class, and the record fields that each adds up: those of its kind, and of OPTIONAL those that
    the deal records."""
    return _columns(program.numbers, claim.name, claim.kind)


def _columns(records: Container[str], name: str, kind: str) -> dict[str, tuple[str, ...]]:
    optional = OPTIONAL.get(kind, {})
    return FIELDS[kind] | {
        column: parts for column, parts in optional.items() if any(f"{name}.{part}" in records for part in parts)
    }


@attrs.frozen(eq=False)
class Layout:
    """The columns of all classes of a deal, one behind the other: whose each is, what it is called, and the numbers
    int [addends, columns] of the records that it adds up; −1: of none."""

    owners: tuple[str, ...]
    columns: tuple[str, ...]
    numbers: NDArray[np.int64]


def layout(program: Program) -> Layout:
    """That of a Program: deals of one form share theirs."""
    classes = tuple([(claim.name, claim.kind) for claim in program.claims])
    return _layout(classes, tuple(program.numbers.items()))


@lru_cache(maxsize=32)
def _layout(classes: tuple[tuple[str, str], ...], records: tuple[tuple[str, int], ...]) -> Layout:
    number = dict(records)
    found = [
        (name, column, [number.get(f"{name}.{part}", -1) for part in parts])
        for name, kind in classes
        for column, parts in _columns(number, name, kind).items()
    ]
    owners, columns, numbers = zip(*found, strict=True) if found else ((), (), ())
    padded = list(zip_longest(*numbers, fillvalue=-1)) or [()]
    return Layout(owners, columns, np.array(padded, dtype=np.int64))


# kind → the record fields that it can have
_FIELDS_OF = {
    kind: {field for parts in (columns | OPTIONAL.get(kind, {})).values() for field in parts}
    for kind, columns in FIELDS.items()
}
_FIELDS_OF["debt"] |= set(OWED)
STATUS = Claim("status", "status")  # whose records mean something in a deal without rules of its own too


def record_of(program: Program, name: str) -> int | None:
    """The number of the record `owner.field`; None when the deal never moves it, though a class of that kind can have
    it. Raises UsageError with the nearest names: a misspelt one would pass for nothing at all."""
    if (number := program.numbers.get(name)) is not None:
        return number
    owner, _, field = name.rpartition(".")
    classes = (*program.claims, STATUS)
    for claim in classes:
        if claim.name == owner and field in _FIELDS_OF[claim.kind]:
            return None
    known = [f"{claim.name}.{field}" for claim in classes for field in _FIELDS_OF[claim.kind]]
    known += [record.name for record in program.records]
    raise UsageError(Problem(f"unknown record {name!r}", nearest(name, known)))
