"""Steps as sentences: one template a verb, one phrase a modifier."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tranche.program import Program, Step

CASH = "the collection account"

# key of the deal file → phrase; {0} is what the file says, {purse} the account that a share is a share of
MODIFIERS: Mapping[str, str] = {
    "share": "with {0} of what {purse} holds then",
    "limit": "but no more than {0}",
    "when": "only when {0}",
    "after": "from {0} on",
    "until": "until {0}",
    "waits": "but nothing until {0}",
    "first": "from {0} on",
    "price": "at a price of {0}",
    "make_whole": "at no less than what makes the holder whole ({0})",
}
TOLD = {"draw": ("for",), "call": ("purchase_price",)}  # by the verb's own words
WAITS = {"no debt is owed anything": "only once all debt is repaid"}
SHORT = {"capitalise": "interest that stays unpaid is added to the balance at once"}


def account(name: str) -> str:
    return CASH if name == "cash" else name


def kinds(program: Program) -> dict[str, str]:
    """The kind of every class of the deal by its name: debt, fee, residual, account, …"""
    return {claim.name: claim.kind for claim in program.claims}


def sentence(program: Program, step: Step) -> str:
    """A waterfall step as a sentence; a verb that nobody described is told in the step's own words."""
    template = VERBS.get(step.verb)
    said = template(program, step) if template else step.text
    if step.source not in ("cash", "") and step.verb not in ("draw", "release", "transfer"):
        said += f", from {step.source}"
    details = dict(step.details)
    for told in TOLD.get(step.verb, ()):
        details.pop(told, None)
    for key, words in details.items():
        if key.endswith(".target"):
            continue  # told by fund and release
        if key == "short":
            said += f"; {SHORT.get(words, f'what stays unpaid: {words}')}"
        else:
            said += f", {modifier(key, words, _purse(step))}"
    return said[0].upper() + said[1:] + "."


def modifier(key: str, words: str, purse: str) -> str:
    """The phrase of a modifier that is not told by the verb."""
    if key == "waits" and words in WAITS:
        return WAITS[words]
    return MODIFIERS.get(key, key.replace("_", " ") + " {0}").format(words, purse=purse)


def _purse(step: Step) -> str:
    if step.verb in ("draw", "release"):
        return "it" if len(step.targets) == 1 else "each"
    return account(step.source)


def _together(step: Step, parts: list[str]) -> str:
    """`a, then b` or `a and b, pro rata by what each is due`."""
    if len(parts) == 1:
        return parts[0]
    if step.group == "pro_rata":
        base = "by balance" if step.verb == "sweep" else "by what each is due"
        return f"{', '.join(parts[:-1])} and {parts[-1]}, pro rata {base}"
    return ", then ".join(parts)


def due(program: Program, target: str) -> str:
    """`senior.interest` → `interest on senior`."""
    name, _, part = target.rpartition(".")
    if name:
        return f"{part.replace('_', ' ')} due on {name}"
    kind = kinds(program).get(target, "")
    return {
        "fee": f"the fee {target}",
        "residual": f"all that is left to {target}",
        "debt": f"interest and principal due on {target}",
    }.get(kind, target)


def _pay(program: Program, step: Step) -> str:
    return f"pay {_together(step, [due(program, target) for target in step.targets])}"


def _sweep(program: Program, step: Step) -> str:
    names = [target.rpartition(".")[0] or target for target in step.targets]
    comma = "," if step.group == "pro_rata" and len(names) > 1 else ""
    return f"repay {_together(step, names)}{comma} ahead of schedule, down to a balance of zero"


def _targets(step: Step) -> str:
    """What the accounts of a step should hold."""
    targets = {key.removesuffix(".target"): words for key, words in step.details if key.endswith(".target")}
    if len(step.targets) == 1:
        return f"its target of {targets.get(step.targets[0], '?')}"
    return "their targets (" + "; ".join(f"{name}: {words}" for name, words in targets.items()) + ")"


def _fund(program: Program, step: Step) -> str:
    return f"top up {_together(step, list(step.targets))} to {_targets(step)}"


def _release(program: Program, step: Step) -> str:
    holds = "holds" if len(step.targets) == 1 else "hold"
    return f"release what {_together(step, list(step.targets))} {holds} above {_targets(step)} into {account(step.to)}"


def _draw(program: Program, step: Step) -> str:
    """An account covers the dues of `for` or is emptied; a lender or a guarantor covers dues in every case."""
    names, into = _together(step, list(step.targets)), account(step.to)
    kind = kinds(program).get(step.targets[0], "")
    if not step.cover:
        return {
            "debt": f"draw all that is available of {names} into {into}",
            "treasury": f"sell the free coins of {names} and put what they bring into {into}",
        }.get(kind, f"empty {names} into {into}")
    dues = [due(program, target) for target in dict.fromkeys(step.cover)]
    joined = dues[0] if len(dues) == 1 else f"{', '.join(dues[:-1])} and {dues[-1]}"
    if kind not in ("facility", "guarantee"):
        return f"draw on {names} for what {into} lacks of {joined}"
    if len(step.targets) > 1 and "for" not in dict(step.details):
        joined = f"the dues that each covers ({joined})"
    each = "it" if len(step.targets) == 1 else "each"
    return f"draw on {names}, up to what is available of {each}, for what {into} lacks of {joined}"


def _transfer(program: Program, step: Step) -> str:
    return f"transfer what {account(step.source)} holds to {account(step.to)}"


def _repay(program: Program, step: Step) -> str:
    return f"repay what is owed to {_together(step, [target.rpartition('.')[0] or target for target in step.targets])}"


def _settle(program: Program, step: Step) -> str:
    return f"settle the net amount under {_together(step, list(step.targets))}"


def _write(program: Program, step: Step) -> str:
    done = "write down the balance" if step.verb == "write_down" else "write up again what was written down"
    return f"{done} of {_together(step, [target.rpartition('.')[0] or target for target in step.targets])}"


def _call(program: Program, step: Step) -> str:
    """A clean-up call sells the pool; a debt's own call redeems that debt alone."""
    names = f"{', '.join(step.targets[:-1])} and {step.targets[-1]}" if len(step.targets) > 1 else step.targets[0]
    if step.path == "clean_up":
        price = dict(step.details).get("purchase_price", "all that takes the deal out")
        return f"sell the collateral for {price}, into {account(step.to)}, and redeem {names} at par"
    return f"redeem {names} early: the sponsor pays all that is due on the call into {account(step.to)}"


VERBS: Mapping[str, Callable[[Program, Step], str]] = {
    "call": _call,
    "pay": _pay,
    "sweep": _sweep,
    "fund": _fund,
    "release": _release,
    "draw": _draw,
    "transfer": _transfer,
    "repay": _repay,
    "settle": _settle,
    "write_down": _write,
    "write_up": _write,
}
