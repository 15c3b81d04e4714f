"""One file for each rule: a function of the Subject that yields warnings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tranche.analysis.subject import Subject
from tranche.errors import DealWarning

from .between_dates import between_dates
from .circular_target import circular_target
from .draw_on_draw import draw_on_draw
from .nothing_due import nothing_due
from .out_of_time import out_of_time
from .reserve_never_drawn import reserve_never_drawn
from .residual_first import residual_first
from .seniority import seniority
from .trapped_cash import trapped_cash
from .unpaid_class import unpaid_class
from .unreachable_list import unreachable_list
from .unreachable_step import unreachable_step
from .unread_name import unread_name
from .unread_test import unread_test
from .without_effect import without_effect

RULES: tuple[Callable[[Subject], Iterator[DealWarning]], ...] = (
    between_dates,
    circular_target,
    draw_on_draw,
    nothing_due,
    out_of_time,
    reserve_never_drawn,
    residual_first,
    seniority,
    trapped_cash,
    unpaid_class,
    unreachable_list,
    unreachable_step,
    unread_name,
    unread_test,
    without_effect,
)
