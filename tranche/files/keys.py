"""The keys a file writes for the fields of a class."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from tranche.collateral.cohort import Cohort
from tranche.collateral.lease import Renewal
from tranche.collateral.liquidation import Liquidation
from tranche.collateral.receivables import Receivables
from tranche.collateral.site import Hosting, Site
from tranche.collateral.tenant import Termination
from tranche.collateral.valuation import Valuation
from tranche.deal import Coupon, CoverageTest

# fields that a file calls otherwise: class → field → key
RENAMED: Mapping[type, Mapping[str, str]] = {
    Cohort: {
        "releasing_gap_days": "releasing_gap", "ramp_days": "ramp", "delay_days": "delay", "repair_days": "repair",
    },
    Renewal: {"term_days": "term"},
    Termination: {"fee_months": "fee"},
    Receivables: {"late_days": "late_by"},
    Valuation: {"life_years": "life"},
    Liquidation: {"delay_days": "delay", "orderly_months": "orderly", "forced_months": "forced"},
    Site: {"ramp_days": "ramp"},
    Hosting: {"delay_days": "delay"},
    Coupon: {"margins": "margin"},
}  # fmt: skip


def key_of(kind: type, field: str) -> str:
    """The key of one field."""
    return RENAMED.get(kind, {}).get(field, field)


def keys_of(kind: type) -> list[str]:
    """All keys of a class; `name` is the key above them, `kind` its tag."""
    keys = [key_of(kind, field.name) for field in attrs.fields(kind) if field.name not in ("name", "kind")]
    return [*keys, "ratio", "value"] if kind is CoverageTest else keys
