"""Puts a tuned threshold into a policy for the route compiler; all else of its text stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from promptlint import globs, jsondoc
from promptlint.errors import SuiteError, UsageError
from promptlint.evals import values
from promptlint.evals.values import Value
from promptlint.style import visible
from promptlint.traffic.threshold.document import Curve, Tuned


def written(path: Path, found: Tuned) -> tuple[str, float]:
    """The text of the policy with the threshold of its semantic cache, and that threshold.

    It is the highest of those prompts that the policy gives a semantic cache: a policy has one threshold.

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
        modes = _modes(given.get("prompts"))
        kind = str(mode.scalar()) if mode is not None else "exact"
        if mode is None or "semantic" not in (kind, *(each for _, each in modes)):
            raise UsageError(
                f"{shown} stays as it is: it has no semantic cache. If it is to have one, write:\n"
                f"cache:\n  mode: semantic\n  threshold: {found.threshold:g}\n"
                "or `mode: exact`, and `cache: semantic` of the prompts that are to have one"
            )
        curves = [each for each in found.curves if _mode(each.prompt, modes, kind) == "semantic"]
        threshold = _threshold(shown, curves)
        made = _put(text, cache.get("threshold"), mode, f"{threshold:g}", shown.endswith(".json"))
        again = values.parsed(made, values.origin(shown, made), is_json=shown.endswith(".json"))
        if root is None or again is None or not _is_all(root.plain(), again.plain(), threshold):
            mode.fail(f"cannot be changed alone; write `threshold: {threshold:g}` beside it")
    except SuiteError as error:
        raise UsageError(str(error)) from error
    return made, threshold


def _modes(prompts: Value | None) -> list[tuple[str, str]]:
    """The caches that prompts have by their own entries, or by one that they are like: pattern and kind."""
    entries = [item.entries() for item in prompts.items()] if prompts is not None else []
    found = []
    for entry in (each for each in entries if "match" in each):
        own = entry.get("cache")
        kind = str(own.scalar()) if own is not None else _like(entry, entries)
        if kind:
            found.append((entry["match"].text(), kind))
    return found


def _like(entry: Mapping[str, Value], entries: Sequence[Mapping[str, Value]]) -> str:
    """The cache of the entry that one is like; empty: none."""
    for _ in entries:
        if "cache" in entry or "like" not in entry:
            break
        name = entry["like"].text()
        entry = next((each for each in entries if "match" in each and each["match"].text() == name), {})
    return str(entry["cache"].scalar()) if "cache" in entry else ""


def _mode(prompt: str, modes: Sequence[tuple[str, str]], default: str) -> str:
    """The cache of a prompt; of several entries the last one counts, as the route compiler has it."""
    fitting = [kind for match, kind in modes if match == prompt or globs.matches_id(match, prompt)]
    return fitting[-1] if fitting else default


def _threshold(shown: str, curves: Sequence[Curve]) -> float:
    """The highest threshold of the prompts with a semantic cache."""
    open_ = [each.prompt for each in curves if each.recommended is None and each.in_repository]
    if open_:
        lines = "".join(
            f"\n  - {{match: {jsondoc.dumps(visible(each), None)}, cache: exact}}" for each in open_
        )
        raise UsageError(
            f"{shown} stays as it is: no threshold keeps the limit for all of its prompts. "
            f"Judge more pairs, or give those no semantic cache:\nprompts:{lines}"
        )
    known = [each.recommended for each in curves if each.recommended is not None]
    if not known:
        raise UsageError(f"{shown} stays as it is: of its prompts with a semantic cache none was measured")
    return max(known)


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
