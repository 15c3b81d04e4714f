"""Which terms are shares or rates, and so are said in percent: as the fields of a deal file have it."""

from __future__ import annotations

from collections.abc import Mapping

from tranche.collateral.liquidation import Impact, Liquidation
from tranche.collateral.treasury import Pledge
from tranche.deal import CallOption, Coupon, Debt, Draws, Fee, Guarantee
from tranche.deal.borrowing_base import BorrowingClass, Concentration
from tranche.deal.interest import Pik

SHARES = frozenset({
    "add", "advance_rate", "all_in_cap", "all_in_floor", "appraisal", "attrition", "availability", "basis", "below",
    "commitment_fee", "cost_inflation", "credit_bid", "curtailed", "delay_damages_cap", "dense_haircut", "dilution",
    "discount", "escalator", "failure_rate", "floor", "forced", "forced_discount", "growth", "insurance",
    "interest_on_unpaid", "keeps", "late", "liquid_cooled_haircut", "liquidation", "moving_cost", "pool_fee",
    "prepayment", "property_tax", "recovery", "release", "rent_trend", "residual_value_guarantee", "restore",
    "sale_cost", "share", "spread", "staff_inflation", "step_up", "strike", "superseded", "take_or_pay", "unrepairable",
    "uptime", "usage", "utilisation",
})  # fmt: skip
# names that are shares of some classes alone
OF: Mapping[str, tuple[type, ...]] = {
    "call": (Pledge,), "cap": (Coupon, BorrowingClass, Concentration), "cost": (Liquidation, Pledge),
    "fee": (Draws, Guarantee), "most": (Impact,), "premium": (Pik,), "price": (CallOption, Debt), "rate": (Fee,),
}  # fmt: skip


def is_share(kind: type, field: str) -> bool:
    """Whether a number in a field of a class of terms is a share or a rate."""
    return field in SHARES or issubclass(kind, OF.get(field, ()))
