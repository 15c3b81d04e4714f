"""Floor 3. The only room that knows both the Deal and the Program."""

from .lower import compile_deal, dates_of

__all__ = ["compile_deal", "dates_of"]
