"""Structured debt secured on compute: deal file in, tranche table out."""

from tranche._version import __version__

__all__ = ["__version__"]
