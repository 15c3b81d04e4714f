"""What must hold between the fields of a fee."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.errors import Place, Problem

from .fee import Fee

# what a fee is taken on: the field that decides, and the one that goes with it
BASES = {"amount": None, "rate": "on", "price": "count"}
_EXAMPLE = "{amount: 25k}, {rate: 0.5%, on: pool}, or {count: fleet.gpus, price: 3.50}"


def fee_problems(fee: Fee) -> Iterator[Problem]:
    """Every problem between the fields of one fee, with its path in the deal."""
    path = f"fees.{fee.name}"
    given = [field for field in BASES if getattr(fee, field) is not None]
    if len(given) != 1:
        what = " and ".join(given) + " are given together" if given else "neither amount, rate nor price is given"
        yield _problem(path, what, f"write one of {_EXAMPLE}")
    if fee.rate is not None and fee.on is None:
        yield _problem(path, "a rate without what it is taken on", "add `on`, such as on: senior.balance")
    if fee.rate is None and fee.on is not None:
        yield _problem(f"{path}.on", "`on` without a rate", "add `rate`, or leave `on` out")
    if (fee.price is None) != (fee.count is None):
        field, other = ("count", "price") if fee.price is None else ("price", "count")
        yield _problem(f"{path}.{field}", f"`{field}` without `{other}`", f"add `{other}`, or leave `{field}` out")
    if fee.rate is not None and fee.per != "date":
        yield _problem(f"{path}.per", "`per` beside a rate, which is per annum already", "leave `per` out")
    if fee.cap is None and fee.cap_per != "date":
        yield _problem(f"{path}.cap_per", "`cap_per` without a cap", "add `cap`, or leave `cap_per` out")
    if fee.interest_on_unpaid and fee.unpaid != "carried":
        what = "interest on what is unpaid, which is cancelled"
        yield _problem(f"{path}.interest_on_unpaid", what, "unpaid: carried, or leave the interest out")
    days = [day for day, _ in fee.steps]
    if len(set(days)) < len(days):
        yield _problem(f"{path}.steps", "two steps begin on one date", "keep one")


def _problem(path: str, what: str, fix: str) -> Problem:
    return Problem(what, fix, Place(path))
