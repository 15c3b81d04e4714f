"""The links of a shortfall: who had the cash, which limit, condition or status held it back, what lay behind that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from .alternatives import ALL
from .backing import Backing
from .calls import Calls
from .cause import Cause
from .course import Course
from .episodes import Episode
from .events import due_name
from .lines import Day, Line
from .margin import TREASURIES
from .setting import Setting
from .tested import Tested
from .turn import reasons
from .why import NOT_MET, Reason
from .words import count, money

MOST_TAKERS = 6
PAYING = frozenset({"pay", "sweep", "distribute", "fund"})
BRINGING = frozenset({"receive", "redeem", "draw", "release"})


@attrs.frozen(eq=False)
class Shortfalls:
    """Of one path."""

    course: Course
    setting: Setting
    tested: Tested
    backing: Backing
    calls: Calls
    _told: set[tuple[str, int]] = attrs.field(factory=set)  # statuses, and since when, whose tests have been told

    def link(self, name: str, episode: Episode) -> Cause:
        first, last, line = episode.days[0], episode.days[-1], episode.steps[0]
        span = f"On {first.date}"
        if first is not last:
            span = f"On {count(len(episode.days), 'date')} from {first.date} to {last.date}"
        due = due_name(episode.lines[0])
        listed = "" if episode.status == "performing" else f", in {episode.status}"
        if line.verb == "distribute":
            what = f"{span}{listed}, {name} received nothing: {_WAY[episode.category]}."
        else:
            upto = "" if len(episode.days) == 1 else "up to "
            what = f"{span}{listed}, {due} was short of {upto}{money(episode.most)}: {_WAY[episode.category]}."
        because = list(self._behind(episode))
        if episode.status != "performing":
            because += self._status(first)
        step = "" if episode.category == "unlisted" else line.step
        return Cause("shortfall", what, episode.record, first.number, last.number, step, episode.most, tuple(because))

    def _behind(self, episode: Episode) -> Iterator[Cause]:
        line = episode.steps[0]
        if episode.category == "cash":
            yield from self._cash(episode)
            yield from self.backing.covers(episode.days, episode.lines)
            yield from self._collateral(episode.days)
        elif episode.category in ("limit", "condition"):
            yield self._held_back(episode.days[0], line, episode.category)
            if episode.category == "limit":  # which the step's other targets shared
                yield from self._takers(episode, after=False, of=line.step)
            yield from self._takers(episode, after=True)

    def _cash(self, episode: Episode) -> Iterator[Cause]:
        """What came into the account on these dates, and who was paid out of it first."""
        account = self.course.source(episode.lines[0].step)
        brought: dict[str, float] = {}
        for day, short in zip(episode.days, episode.lines, strict=True):
            opening = self.course.opening(account, day)
            if opening > self.course.dust:
                before = "held at closing" if day.number == 1 else "left from the date before"
                brought[before] = brought.get(before, 0.0) + opening
            for line in day.before(short):
                if line.verb in BRINGING and line.paid > self.course.dust and self.course.receiver(line) == account:
                    brought[line.record] = brought.get(line.record, 0.0) + line.paid
        dates = "that date" if len(episode.days) == 1 else "those dates"
        parts = [f"{name} {money(amount)}" for name, amount in brought.items()]
        where = "The collection account" if account == "cash" else account
        takers = tuple(self._takers(episode, after=False))
        what = f"{where} had on {dates}: {', '.join(parts)}." if parts else f"{where} had nothing on {dates}."
        total = sum(brought.values())
        yield Cause("cash", what, account, episode.days[0].number, episode.days[-1].number, "", total, takers)

    def _takers(self, episode: Episode, after: bool, of: str = "") -> Iterator[Cause]:
        """Who took cash of the same account, before the short line or, of what a limit left, after it; `of`: of one
        step alone."""
        account = self.course.source(episode.steps[0].step)
        taken: dict[tuple[str, str], float] = {}
        on: dict[tuple[str, str], Day] = {}  # the first date on which each was paid
        for day, short in zip(episode.days, episode.steps, strict=True):
            for line in day.after(short) if after else day.before(short):
                own = line.step == of if of else self.course.source(line.step) == account
                if own and line.verb in PAYING and line.paid > self.course.dust:
                    taken[line.step, line.record] = taken.get((line.step, line.record), 0.0) + line.paid
                    on.setdefault((line.step, line.record), day)
        total = sum(taken.values())
        shown = sorted(taken, key=lambda key: -taken[key])[:MOST_TAKERS]
        for path, record in (key for key in taken if key in shown and taken[key] > 1e-3 * total):
            step = self.course.steps[path]
            when = dict(step.details).get("when")
            order = "after it" if after else "ahead of it"
            what = f"{record} took {money(taken[path, record])} {order} ({step.text})."
            if path.startswith(TREASURIES):  # no rival claim: the money is there for this debt alone
                what = f"{money(taken[path, record])} came of pledged coins, which were sold for it, and repaid "
                what += f"{record.partition('.')[0]} ahead of the waterfall ({step.text})."
            behind = list(self.tested.behind_step(on[path, record], path, record)) if when else []
            behind += self.backing.behind(record, episode.days)
            behind += self.calls.behind(record, episode.days)
            first, last = episode.days[0].number, episode.days[-1].number
            yield Cause("taken", what, record, first, last, path, taken[path, record], tuple(behind))

    def _held_back(self, day: Day, line: Line, category: str) -> Cause:
        step = self.course.steps[line.step]
        details = dict(step.details)
        keys = ("when", "after", "until", "limit", "share", "waits")
        said = [f"{key}: {details[key]}" for key in keys if key in details]
        why = NOT_MET.words if line.reason is Reason.DATE else line.why
        what = f"The step says {'; '.join(said) or step.text}: {why} on {day.date}."
        because = [
            *self.tested.behind_step(day, line.step, line.record), *self.tested.values(day, line.step, line.record)
        ]  # fmt: skip
        return Cause(category, what, line.record, day.number, day.number, line.step, line.paid, tuple(because))

    def _status(self, day: Day) -> list[Cause]:
        """Since when the deal is in the status of this date, and which tests led to it."""
        first = day
        status = day.status
        while first.number > 1 and self.course.days[first.number - 2].status == day.status:
            first = self.course.days[first.number - 2]
        what = f"The deal has been in {status} since {first.date}, so that another waterfall applies"
        if (status, first.number) in self._told:
            return [Cause("status", f"{what} (see above).", status, first.number, day.number, "status")]
        self._told.add((status, first.number))
        tests = tuple(self.tested.test(first, r.test, r.field) for r in first.readings if r.leads_to(status))
        why = () if tests else reasons(self.course.program, self.course.days, first, self.setting)
        if why:
            what += f": {', '.join(why)}"
        return [Cause("status", f"{what}.", status, first.number, day.number, "status", because=tests)]

    def _collateral(self, days: Sequence[Day]) -> Iterator[Cause]:
        """What the collateral brought in on these dates, against the same with its inputs on their mean paths."""
        record, numbers = "collateral.collections", self.course.alternatives
        if not numbers.possible or record not in numbers.actual.totals:
            return
        own, mean = (self.course.moved(run, record, days) for run in (numbers.actual, numbers.held(ALL)))
        if abs(mean - own) <= 1e-9 * max(1.0, abs(own)):
            return
        dates = "that date" if len(days) == 1 else "those dates"
        what = f"The collateral brought in {money(own)} on {dates}"
        what += f", and would have {money(mean)} with all inputs on their mean paths."
        worst = min(days, key=lambda day: self.course.moved(numbers.actual, record, [day]))
        factors = []
        for name in self.course.program.inputs:
            then = self.course.moved(numbers.held(name), record, days)
            if abs(then - own) > 1e-6 * max(1.0, abs(own)) and not name.startswith("collections."):
                cause = self.tested.factor(name, worst)
                what_then = f"{cause.what[:-1]}; on its mean path it would have brought {money(then)}."
                factors.append(attrs.evolve(cause, what=what_then))
        yield Cause("collateral", what, record, days[0].number, days[-1].number, "collateral", own, tuple(factors))


_WAY = {
    "cash": "there was not enough cash",
    "limit": "the step held it back",
    "condition": "the condition of the step was not met",
    "unlisted": "no step of the waterfall that applied pays it",
}
