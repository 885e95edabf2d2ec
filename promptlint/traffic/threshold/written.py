"""Puts a tuned threshold into a policy for the route compiler; all else of its text stays as it is."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from promptlint import jsondoc
from promptlint.errors import SuiteError, UsageError
from promptlint.evals import values
from promptlint.evals.values import Value
from promptlint.style import visible
from promptlint.traffic.threshold.document import Tuned


def written(path: Path, found: Tuned) -> str:
    """The text of the policy with the threshold of its semantic cache.

    Raises:
        UsageError: it cannot be read, has no semantic cache, or has one for a prompt without a threshold that
            keeps the limit; the message has the lines to put in by hand.
    """
    if found.threshold is None:
        raise UsageError(f"{path} stays as it is: no threshold keeps the limit for sure")
    shown = str(path)
    try:
        text = values.text_of(path, shown)
        root = values.parsed(text, values.origin(shown, text), is_json=shown.endswith(".json"))
        given = root.entries() if root is not None else {}
        cache = given["cache"].entries() if "cache" in given else {}
        mode = cache.get("mode")
        if mode is None or mode.scalar() != "semantic":
            raise UsageError(
                f"{shown} stays as it is: it has no semantic cache. If it is to have one, write:\n"
                f"cache:\n  mode: semantic\n  threshold: {found.threshold:g}"
            )
        _check(shown, found, _without(given.get("prompts")))
        made = _put(text, cache.get("threshold"), mode, f"{found.threshold:g}", shown.endswith(".json"))
        again = values.parsed(made, values.origin(shown, made), is_json=shown.endswith(".json"))
        if root is None or again is None or not _is_all(root.plain(), again.plain(), found.threshold):
            mode.fail(f"cannot be changed alone; write `threshold: {found.threshold:g}` beside it")
    except SuiteError as error:
        raise UsageError(str(error)) from error
    return made


def _without(prompts: Value | None) -> set[str]:
    """The prompts that the policy gives no semantic cache by their own entry; the last one counts."""
    modes = {}
    for item in prompts.items() if prompts is not None else ():
        entry = item.entries()
        if "match" in entry and "cache" in entry:
            modes[entry["match"].text()] = entry["cache"].scalar()
    return {match for match, mode in modes.items() if mode in ("none", "exact")}


def _check(shown: str, found: Tuned, without: Collection[str]) -> None:
    open_ = [
        each.prompt
        for each in found.curves
        if each.recommended is None and each.in_repository and each.prompt not in without
    ]
    if open_:
        lines = "".join(
            f"\n  - {{match: {jsondoc.dumps(visible(each), None)}, cache: exact}}" for each in open_
        )
        raise UsageError(
            f"{shown} stays as it is: no threshold keeps the limit for all of its prompts. "
            f"Judge more pairs, or give those no semantic cache:\nprompts:{lines}"
        )


def _put(text: str, old: Value | None, mode: Value, spelt: str, is_json: bool) -> str:
    if old is not None:
        return text[: old.node.span.start] + spelt + text[old.node.span.end :]
    assert mode.name is not None
    start = mode.name.span.start
    indent = text[text.rfind("\n", 0, start) + 1 : start]
    name = '"threshold"' if is_json else "threshold"
    line = "\r\n" if "\r\n" in text else "\n"
    after = line + indent if not indent.strip() and not is_json else ", "
    return f"{text[:start]}{name}: {spelt}{after}{text[start:]}"


def _is_all(before: object, after: object, threshold: float) -> bool:
    """Whether the edit has changed the threshold and nothing else: an alias may stand for several places."""
    if not isinstance(before, dict) or not isinstance(before["cache"], dict):
        return False
    return after == {**before, "cache": {**before["cache"], "threshold": threshold}}
