"""Tagged unions: `{lognormal: {...}}` or, where a kind has no terms of its own, the plain word `level`.

Our own hook, because a misspelt tag must name its candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tranche.errors import Invalid, nearest
from tranche.terms.number import describe

from .gather import under

T = TypeVar("T")


def tagged(raw: Any, what: str, tags: Mapping[str, Callable[[Any], T]], words: tuple[str, ...] = ()) -> T:
    """Read `{tag: body}` with the reader of the tag; a tag in `words` may stand alone.

    Raises Invalid, or the errors of the body under its tag.
    """
    if isinstance(raw, str):
        if raw in words:
            return tags[raw](None)
        if raw in tags:
            raise Invalid(f"{raw!r} stands alone", f"give its terms: {raw}: {{…}}")
        raise Invalid(f"unknown kind of {what} {raw[:40]!r}", nearest(raw, tags))
    if not isinstance(raw, dict):
        fix = f"write one of {', '.join(tags)}, such as {next(iter(tags))}: {{…}}"
        raise Invalid(f"{describe(raw)} is not a {what}", fix)
    if not raw:
        raise Invalid(f"it is not said which kind of {what} this is", f"write one of {', '.join(tags)}")
    known = [key for key in raw if key in tags]
    if not known:
        first = next(iter(raw))
        if len(raw) == 1:
            under(first, _refuse, (f"unknown kind of {what} {first!r}", nearest(first, tags)))
        fix = f"write one of {', '.join(tags)} above these keys"
        raise Invalid(f"it is not said which kind of {what} this is", fix)
    if len(known) > 1:
        raise Invalid(f"{' and '.join(known)} are both given", f"a {what} is one of them")
    tag = known[0]
    if len(raw) > 1:
        other = next(key for key in raw if key != tag)
        under(other, _refuse, (f"the key {other!r} stands beside {tag!r}", f"indent it below {tag}, or remove it"))
    return under(tag, tags[tag], raw[tag])


def _refuse(said: tuple[str, str]) -> None:
    raise Invalid(*said)
