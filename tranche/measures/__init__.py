"""Floor 4. What a run says of each class of the deal: one measure per file, each read from the run's figures alone."""

from .collateral_illusion import collateral_illusion
from .credit import tranche_table
from .default_probability import default_probability
from .expected_loss import expected_loss
from .irr import irr, rate_of_return
from .loss_given_default import loss_given_default
from .wal import wal

__all__ = [
    "collateral_illusion", "default_probability", "expected_loss", "irr", "loss_given_default", "rate_of_return",
    "tranche_table", "wal",
]  # fmt: skip
