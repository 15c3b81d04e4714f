"""Floor 4. What a run records of each kind of class: the columns of its tables, and the names that mean something."""

from __future__ import annotations

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
    known = {record.field for record in program.records if record.owner == claim.name}
    optional = OPTIONAL.get(claim.kind, {})
    return FIELDS[claim.kind] | {column: parts for column, parts in optional.items() if known & set(parts)}


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
    try:
        return program.record(name)
    except KeyError:
        owner, _, field = name.rpartition(".")
        classes = (*program.claims, STATUS)
        if any(claim.name == owner and field in _FIELDS_OF[claim.kind] for claim in classes):
            return None
    known = [f"{claim.name}.{field}" for claim in classes for field in _FIELDS_OF[claim.kind]]
    known += [record.name for record in program.records]
    raise UsageError(Problem(f"unknown record {name!r}", nearest(name, known)))
