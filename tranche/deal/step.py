"""Waterfall steps: one verb, orthogonal modifiers."""

from __future__ import annotations

import datetime as dt

import attrs

from . import validators as v
from .formula import Formula

VERBS = ("pay", "fund", "draw", "release", "repay", "settle", "sweep", "transfer", "write_down", "write_up")
GROUPS = ("sequential", "pro_rata")
SHARING = ("pay", "sweep", "repay", "settle", "write_down", "write_up")  # verbs that take pro_rata: they know each due
SHORTS = ("carry", "capitalise")
LISTS = ("revolving", "performing", "lock_up", "early_amortisation", "enforcement")  # see deal/status.py


@attrs.frozen(kw_only=True)
class Step:
    """One step. `verb` is one of VERBS; `targets` are what it pays or moves, as written in the file.

        pay       what is due: `TRANCHE.interest`, `TRANCHE.principal`, a fee (`NAME`; `NAME.excess` above its
                  cap), interest and fees of a facility, a terminated hedge (`NAME.termination`), a ledger, or a
                  residual (all that is left)
        sweep     `TRANCHE.principal` down to a zero balance: an instalment due that would stay due first, then beyond
        fund      an account up to its target, from cash
        draw      an account into cash: what `cover` still lacks, or everything when `cover` is empty; or a debt, up to
                  what is available of its commitment; or a facility or guarantee, for what `cover` still lacks;
                  or a treasury, which sells free coins for it, or all of them when `cover` is empty
        release   an account's excess over its target into cash
        repay     a debt's balance, due or not: `TRANCHE`; of a revolver it can be drawn again. What a facility has
                  lent or a guarantor is owed
        write_down  the balances of debts by a loss, `limit`, in the order named (most junior first): no money moves
        write_up  what was written down of debts, by a recovery, `limit`, in the order named (most senior first)
        transfer  from one account (`source`) to another (`to`)
        settle    the net amount due under a hedge

    `group`: how several targets share: `sequential` (in order) or `pro_rata` (by what each is due).
    `limit` (formula, money) caps the step in this period; `share` (0..1) takes that part of the cash available at the
    step; `when` (formula) switches the step. `short` says what becomes of interest that this `pay` leaves unpaid:
    `carry` (the tranche's own rule at the close of the period) or `capitalise` (added to its balance at once, PIK).
    `after`/`until` bound its payment dates (inclusive).
    `source` and `to` name the accounts ("cash" by default; a transfer names `to`).
    """

    verb: str = attrs.field(validator=v.one_of(VERBS))
    targets: tuple[str, ...] = attrs.field(converter=v.as_tuple, validator=v.each(v.reference, at_least=1, at_most=64))
    group: str = attrs.field(default="sequential", validator=v.one_of(GROUPS))
    cover: tuple[str, ...] = attrs.field(default=(), converter=v.as_tuple, validator=v.each(v.reference, at_most=64))
    source: str = attrs.field(default="cash", validator=v.reference)
    to: str = attrs.field(default="cash", validator=v.reference)
    limit: Formula | None = attrs.field(default=None, validator=v.optional(v.amount))
    share: float | None = attrs.field(default=None, validator=v.optional(v.number(0, 1)))
    when: Formula | None = attrs.field(default=None, validator=v.optional(v.formula))
    after: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    until: dt.date | None = attrs.field(default=None, validator=v.optional(v.date))
    short: str = attrs.field(default="carry", validator=v.one_of(SHORTS))
    note: str = attrs.field(default="", validator=v.text)


@attrs.frozen(kw_only=True)
class Waterfalls:
    """The list for each status; `enforcement` is that of default. An empty tuple means the documented default:

        revolving            `performing`
        lock_up              `performing`, but residuals are paid only once no debt is owed anything: until then their
                             cash stays in the collection account
        early_amortisation   as in lock-up; then all the cash that is left repays the debts by rank (debts of one rank
                             pro rata by what each owes), and what they leave goes to the residuals
        enforcement          accounts are emptied; fees; facilities and what they lent; hedges and their termination;
                             guarantees are called for what they cover; each debt by rank (debts of one rank pro rata by
                             what each is due), interest before principal, then all of its balance; hedges that a
                             counterparty's default ended; guarantors; fees above their caps; residuals
    """

    performing: tuple[Step, ...] = attrs.field(
        converter=v.as_tuple, validator=v.each(v.instance_of(Step), at_least=1)
    )
    revolving: tuple[Step, ...] = attrs.field(default=(), converter=v.as_tuple, validator=v.each(v.instance_of(Step)))
    lock_up: tuple[Step, ...] = attrs.field(default=(), converter=v.as_tuple, validator=v.each(v.instance_of(Step)))
    early_amortisation: tuple[Step, ...] = attrs.field(
        default=(), converter=v.as_tuple, validator=v.each(v.instance_of(Step))
    )
    enforcement: tuple[Step, ...] = attrs.field(default=(), converter=v.as_tuple, validator=v.each(v.instance_of(Step)))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of all lists."""
        return (*self.performing, *self.lock_up, *self.revolving, *self.early_amortisation, *self.enforcement)
