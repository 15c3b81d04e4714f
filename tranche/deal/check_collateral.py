"""What must hold inside a deal's collateral section."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath

from tranche.collateral.terms import Collateral, Collections, Miner
from tranche.errors import Invalid, Place, Problem, nearest

from .check_fleet import fleet_problems
from .check_miner import miner_problems
from .names import check_identifier

MOST_COMPONENTS = 64


def collateral_problems(collateral: Collateral) -> Iterator[Problem]:
    """Every problem of the collections, of the fleet or of the miner."""
    if isinstance(collateral, Collections):
        yield from _collections(collateral)
    elif isinstance(collateral, Miner):
        yield from miner_problems(collateral)
    else:
        yield from fleet_problems(collateral)


def relative_path(name: object) -> str:
    """`name` when it stays inside the deal file's folder by its words alone; else Invalid with the reason."""
    if not isinstance(name, str) or not name.strip() or "\0" in name:
        raise Invalid(f"{name!r} is not the name of a file", "write a path relative to the deal file, such as cash.csv")
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or name.startswith("\\"):
        raise Invalid(f"{name!r} is an absolute path", "name a file in the deal file's folder or below it")
    if ".." in PurePosixPath(name).parts or ".." in PureWindowsPath(name).parts:
        raise Invalid(f"{name!r} leaves the folder of the deal file", "name a file in that folder or below it")
    return name


def _collections(collections: Collections) -> Iterator[Problem]:
    path = "collateral.collections"
    if collections.file is not None:
        try:
            relative_path(collections.file)
        except Invalid as invalid:
            yield Problem(invalid.what, invalid.fix, Place(f"{path}.file"))
    if collections.amounts:
        yield from _amounts(collections)
    names = collections.components
    yield from _route(collections)
    if not isinstance(names, tuple) or not names:
        yield Problem("there are no components", "write at least one, such as [cash]", Place(f"{path}.components"))
        return
    if len(names) > MOST_COMPONENTS:
        yield Problem(f"{len(names)} components", f"at most {MOST_COMPONENTS}", Place(f"{path}.components"))
        return
    for i, name in enumerate(names):
        try:
            check_identifier(name)
            if name in names[:i]:
                raise Invalid(f"the component {name!r} is given twice", "keep one")
            if name in ("date", "period", "path"):
                raise Invalid(f"a component cannot be named {name!r}", "that column says when or which path")
        except Invalid as invalid:
            yield Problem(invalid.what, invalid.fix, Place(f"{path}.components[{i}]"))


def _amounts(collections: Collections) -> Iterator[Problem]:
    path = "collateral.collections.amounts"
    if collections.file is not None:
        yield Problem("a file and amounts are both given", "keep one", Place(path))
    named = tuple(name for name, _ in collections.amounts)
    if named != collections.components:
        what = f"amounts are given for {', '.join(named)}, the components are {', '.join(collections.components)}"
        yield Problem(what, "leave `components` out: the amounts name them", Place(path))
    for name, amounts in collections.amounts:
        for k, amount in enumerate(amounts):
            if not 0 <= amount < math.inf:
                yield Problem(f"{name}[{k}] is {amount:,.10g}", "a finite amount, 0 or more", Place(path))


def _route(collections: Collections) -> Iterator[Problem]:
    seen: set[str] = set()
    cash = [name for name in collections.components if name != "loss"]
    for component, account in collections.route:
        place = Place(f"collateral.collections.route.{component}")
        if component not in cash:
            yield Problem(f"{component!r} is no component that is cash", nearest(component, cash), place)
        if component in seen:
            yield Problem(f"{component!r} is routed twice", "keep one", place)
        seen.add(component)
        try:
            check_identifier(account)
        except Invalid as invalid:
            yield Problem(invalid.what, invalid.fix, place)
