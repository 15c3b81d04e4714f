"""Several errors at once: hooks raise cattrs' own groups, notes say where, and one walk turns them into Problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, TypeVar

from cattrs.errors import (
    AttributeValidationNote,
    BaseValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)

from tranche.errors import Invalid, nearest

from .keys import key_of, keys_of

T = TypeVar("T")

LONGEST_MESSAGE = 300
MOST_UNKNOWN = 20  # unknown keys reported in one mapping
_THOUSANDS = "a comma ends an entry; write thousands as 1_000 or 1k"


class Gather:
    """Read several things, then raise once with everything that was wrong.

    with Gather() as gather:
        limit = gather.read("limit", formula, raw["limit"])
    """

    def __init__(self) -> None:
        self.failed: list[Exception] = []

    def __enter__(self) -> Gather:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if error is None and self.failed:
            raise IterableValidationError("several errors", self.failed, object)

    def read(self, key: str | int | None, reader: Callable[[Any], T], value: Any) -> T | None:
        """`reader(value)`, or None after keeping what it raised under `key` (about the whole when that is None)."""
        try:
            return reader(value)
        except (Invalid, BaseValidationError) as error:
            self.failed.append(error if key is None else at(key, error))
            return None

    def refuse(self, key: str | int | None, what: str, fix: str = "") -> None:
        """Keep an error of our own under `key`, or about the whole when it is None."""
        error = Invalid(what, fix)
        self.failed.append(error if key is None else at(key, error))


def at(key: str | int, error: Exception) -> Exception:
    """`error` with the note that it happened at `key`, a key of a mapping or an index of a list."""
    error.add_note(IterableValidationNote(f"at {key}", key, object))
    return error


def under(key: str, reader: Callable[[Any], T], value: Any) -> T:
    """`reader(value)`; what it raises is placed under `key`."""
    try:
        return reader(value)
    except (Invalid, BaseValidationError) as error:
        raise IterableValidationError("one error", [at(key, error)], object) from None


def flatten(error: Exception, path: str, inside: type = object) -> Iterator[tuple[str, str, str]]:
    """(path, what, fix) of every error in `error`, which happened below `path` in a class `inside`."""
    for note in reversed(getattr(error, "__notes__", ())):
        if isinstance(note, IterableValidationNote):
            path += f"[{note.index}]" if isinstance(note.index, int) else f".{note.index}"
        elif isinstance(note, AttributeValidationNote):
            path += f".{key_of(inside, note.name)}"
    if isinstance(error, BaseValidationError):
        for inner in error.exceptions:
            yield from flatten(inner, path, error.cl)
    elif isinstance(error, ForbiddenExtraKeysError):
        known = keys_of(error.cl)
        extra = sorted(error.extra_fields)
        for key in extra[:MOST_UNKNOWN]:
            yield f"{path}.{key}", f"unknown key {key!r}", _THOUSANDS if key.isdigit() else nearest(key, known)
        if len(extra) > MOST_UNKNOWN:
            yield path, f"{len(extra) - MOST_UNKNOWN} more unknown keys", nearest(extra[-1], known)
    elif isinstance(error, KeyError):
        yield path, "is missing", f"add `{error.args[0]}:`"
    elif isinstance(error, Invalid):
        yield path, _short(error.what), _short(error.fix)
    else:
        raise error


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_MESSAGE else text[:LONGEST_MESSAGE] + "…"
