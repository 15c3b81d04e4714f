"""The term sheet as it was understood: what the deal file says, written again from what was read."""

from __future__ import annotations

from tranche.report.html import Markup, element, join
from tranche.report.study import Study


def section(study: Study) -> Markup:
    """Defaults are left out; what is not here was not read."""
    schedule = study.deal.schedule
    dates = study.program.dates
    said = (
        f"{study.program.periods} payment dates from {dates[1]} to {dates[-1]}, closing {dates[0]}, "
        f"{schedule.frequency}, {schedule.day_count}. The deal file as it was read, defaults left out:"
    )
    return join((element("p", said), element("pre", study.text, class_="file")))
