"""What holds on every deal and every path, one function each: they take what `observe` gives and
raise BrokenInvariant, an AssertionError that names the deal, the path, the period and the figures."""

from tranche.testing.observed import Observed

from .balances import accounts_non_negative, balances_within_bounds
from .cash import cash_conserved, exact_conservation
from .fees import excess_waits, fees_within_caps
from .monotone import more_cash_never_hurts_senior
from .payments import never_above_due, no_negative_payment
from .residuals import distributions_rise_with_cash, residual_waits
from .sameness import kernel_equals_reference, permutation_equivariant, same_bits_any_width_any_threads_any_slices
from .scaling import scales
from .seniority import default_is_final, seniority_respected

__all__ = [
    "accounts_non_negative",
    "balances_within_bounds",
    "cash_conserved",
    "check_all",
    "default_is_final",
    "distributions_rise_with_cash",
    "exact_conservation",
    "excess_waits",
    "fees_within_caps",
    "kernel_equals_reference",
    "more_cash_never_hurts_senior",
    "never_above_due",
    "no_negative_payment",
    "permutation_equivariant",
    "residual_waits",
    "same_bits_any_width_any_threads_any_slices",
    "scales",
    "seniority_respected",
]

ALWAYS = (
    cash_conserved, exact_conservation, no_negative_payment, never_above_due, accounts_non_negative,
    balances_within_bounds, fees_within_caps, seniority_respected, default_is_final,
    same_bits_any_width_any_threads_any_slices, kernel_equals_reference, permutation_equivariant,
)  # fmt: skip


# what every well-made deal is expected to hold too; `accept: {invariants.NAME: why}` takes a deal out
EXPECTED = (residual_waits, excess_waits, distributions_rise_with_cash)


def check_all(seen: Observed) -> None:
    """Every invariant that holds whatever a deal says: not `scales` and `more_cash_never_hurts_senior`, which need a
    second deal, and not those of EXPECTED, which are about how a deal is made. Raises BrokenInvariant."""
    for invariant in ALWAYS:
        invariant(seen)
