"""Waterfall steps as files write them: one verb with what it pays, and modifiers."""

from __future__ import annotations

from functools import partial
from typing import Any

import attrs

from tranche.deal import VERBS, Step, Waterfalls
from tranche.deal.check import step_problems
from tranche.deal.step import GROUPS, LISTS
from tranche.errors import Invalid, nearest
from tranche.terms.day import day
from tranche.terms.number import describe
from tranche.terms.percent import percent

from .gather import Gather, under
from .readers import Reader, formula, listing, mapping, text

# key in the file → field of Step and its reader
MODIFIERS: dict[str, tuple[str, Reader]] = {
    "for": ("cover", lambda value: (text(value),) if isinstance(value, str) else listing(text)(value)),
    "from": ("source", text),
    "to": ("to", text),
    "limit": ("limit", formula),
    "share": ("share", percent),
    "when": ("when", formula),
    "after": ("after", day),
    "until": ("until", day),
    "short": ("short", text),
    "note": ("note", text),
}
_FIELDS = attrs.fields_dict(Step)


def read_step(raw: Any) -> Step:
    """`{pay: {pro_rata: [a.interest, b.interest]}, limit: 1m}` → Step. Raises everything that is wrong with it."""
    if isinstance(raw, str):
        raise Invalid(f"{raw[:40]!r} is not a step", "write a verb and what it pays, such as - pay: senior.interest")
    step = mapping(raw, "- pay: senior.interest")
    verbs = [key for key in step if key in VERBS]
    misspelt = None if verbs else _misspelt_verb(step)
    fields: dict[str, Any] = {}
    with Gather() as gather:
        for key, value in step.items():
            if key in VERBS:
                fields |= gather.read(key, partial(_targets, key, step), value) or {}
            elif key in MODIFIERS:
                fields |= gather.read(key, partial(_modifier, key), value) or {}
            elif key == misspelt:
                gather.refuse(key, f"unknown verb {key!r}", nearest(key, VERBS))
            else:
                gather.refuse(key, f"unknown key {key!r}", nearest(key, MODIFIERS))
        if not verbs and misspelt is None:
            gather.refuse(None, "the step has no verb", f"write one of {', '.join(VERBS)}")
        if len(verbs) > 1:
            gather.refuse(None, f"the step has {len(verbs)} verbs: {', '.join(verbs)}", "write one step for each")
        if gather.failed:
            fields = {"verb": "pay", "targets": ("unread",)}  # never returned: the errors are raised at the end
        made = Step(**fields)
        for key, what, fix in step_problems(made):
            gather.refuse(key, what, fix)
    return made


def read_waterfalls(raw: Any) -> Waterfalls:
    """A plain list is the performing waterfall; else a mapping of status → list."""
    steps = listing(read_step)
    if isinstance(raw, list):
        if not raw:
            raise Invalid("the waterfall has no steps", "write at least one, such as - pay: senior.interest")
        return Waterfalls(performing=steps(raw))
    if not isinstance(raw, dict):
        raise Invalid(f"{describe(raw)} is not a waterfall", "write a list of steps such as - pay: senior.interest")
    lists: dict[str, Any] = {}
    with Gather() as gather:
        for key, value in raw.items():
            if key not in LISTS:
                gather.refuse(key, f"unknown status {key!r}", nearest(key, LISTS))
            else:
                lists[key] = gather.read(key, steps, value)
        if "performing" not in raw:
            gather.refuse("performing", "is missing", "add `performing:`, or write the waterfall as a plain list")
        elif lists["performing"] == ():
            gather.refuse("performing", "the waterfall has no steps", "write at least one")
    return Waterfalls(**lists)


def _misspelt_verb(step: dict[str, Any]) -> str | None:
    """The key of a step without verb that was meant as one: the nearest to a verb, or the only one nobody knows."""
    unknown = [key for key in step if key not in MODIFIERS]
    near = [key for key in unknown if nearest(key, VERBS).startswith("did you mean")]
    return near[0] if near else unknown[0] if len(unknown) == 1 else None


def _targets(verb: str, step: dict[str, Any], value: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"verb": verb}
    if verb == "transfer":
        fields.update(_transfer(value, step))
    elif isinstance(value, dict):
        if len(value) != 1 or next(iter(value)) not in GROUPS:
            known = nearest(next(iter(value), ""), GROUPS)
            raise Invalid(f"{describe(value)} is not what a step pays", f"write {{pro_rata: [a, b]}} ({known})")
        group, targets = next(iter(value.items()))
        fields.update(group=group, targets=under(group, listing(text), targets))
    else:
        fields["targets"] = (text(value),) if not isinstance(value, list) else listing(text)(value)
    for name, read in fields.items():
        _validate(name, read)
    return fields


def _transfer(value: Any, step: dict[str, Any]) -> dict[str, Any]:
    """`{from: cash, to: holdback}`, or the account that receives, with `from:` beside it."""
    if isinstance(value, str):
        return {"targets": (value,), "to": value}
    ends = mapping(value, "{from: cash, to: holdback}")
    with Gather() as gather:
        for key, name in ends.items():
            if key not in ("from", "to"):
                gather.refuse(key, f"unknown key {key!r}", nearest(key, ("from", "to")))
            else:
                gather.read(key, text, name)
                if key in step:
                    gather.refuse(key, f"`{key}` is written inside and beside the transfer", "keep one")
        if "to" not in ends:
            gather.refuse("to", "is missing", "say which account receives: {from: cash, to: holdback}")
    return {"targets": (ends["to"],), "source": ends.get("from", "cash"), "to": ends["to"]}


def _modifier(key: str, value: Any) -> dict[str, Any]:
    field, reader = MODIFIERS[key]
    read = reader(value)
    _validate(field, read)
    return {field: read}


def _validate(field: str, value: Any) -> None:
    attribute = _FIELDS[field]
    if attribute.validator is not None:
        attribute.validator(None, attribute, value)


def read_modifier(key: str, value: Any) -> dict[str, Any]:
    """What a step's key such as `limit` sets: field → value. Raises KeyError when there is no such key."""
    return _modifier(key, value)
