"""`settle`: pays the net amount that is due under a hedge."""

from __future__ import annotations

from .pay import lower

__all__ = ["lower"]
