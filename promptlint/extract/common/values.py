"""What string methods and helpers do to a text, done to its runs, so that each knows its source still."""

from __future__ import annotations

import hashlib
import textwrap
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import accumulate, groupby

from promptlint import templates
from promptlint.model import Arm, Codec, Escaping, SegmentKind
from promptlint.syntax.literals import Run
from promptlint.templates.parts import Part, TemplateError

Runs = tuple[Run, ...]
_BLOCKS = ('"""', "'''", "`")  # quotes of literals that may hold line breaks
_CONDITION = 200  # characters of one that are shown
_MASK = "\ue000"  # stands for each character of a slot: a letter to every method, no brace, no space
_ESCAPINGS = {
    "format": Escaping.BRACES,
    "percent": Escaping.PERCENT,
    "dollar": Escaping.DOLLAR,
    "jinja": Escaping.JINJA,
    "mustache": Escaping.JINJA,
}


def masked(runs: Runs) -> str:
    """The text with its slots made unreadable, of the same length."""
    return "".join(run.text if run.kind is SegmentKind.TEXT else _MASK * len(run.text) for run in runs)


def static(runs: Runs) -> str:
    """The text with a blank for each slot."""
    return "".join(run.text if run.kind is SegmentKind.TEXT else " " for run in runs)


def keep(runs: Runs, ranges: Iterable[tuple[int, int]]) -> Runs:
    """The runs of these ranges of the text (sorted); slots are kept or dropped whole."""
    starts = [0, *accumulate(len(run.text) for run in runs)]
    result: list[Run] = []
    for low, high in ranges:
        index = max(0, bisect_right(starts, low) - 1)
        while low < high and index < len(runs) and starts[index] < high:
            run, start = runs[index], starts[index]
            if run.text:
                result.append(_cut(run, max(low - start, 0), min(high - start, len(run.text))))
            index += 1
    return tuple(result)


def _cut(run: Run, low: int, high: int) -> Run:
    if (low, high) == (0, len(run.text)) or run.kind is not SegmentKind.TEXT:
        return run
    if run.verbatim:
        return replace(run, text=run.text[low:high], start=run.start + low, end=run.start + high)
    return replace(run, text=run.text[low:high])


def fixed(runs: Runs) -> Runs:
    """The same text, of which nothing may be edited."""
    return tuple(replace(run, codec=replace(run.codec, editable=False)) for run in runs)


# --- methods and helpers --------------------------------------------------------------------


def strip(runs: Runs, method: str, chars: str | None) -> Runs:
    """`str.strip`, `str.lstrip` or `str.rstrip`."""
    text = masked(runs)
    start = 0 if method == "rstrip" else len(text) - len(text.lstrip(chars))
    end = len(text) if method == "lstrip" else len(text.rstrip(chars))
    return keep(runs, [(start, max(start, end))])


def dedent(runs: Runs) -> Runs:
    """`textwrap.dedent`; a slot counts as text that is no white space and breaks no line."""
    text = masked(runs)
    old, new = text.split("\n"), textwrap.dedent(text).split("\n")
    margins = [line[: len(line) - len(rest)] for line, rest in zip(old, new, strict=True) if rest.strip()]
    dropped = [len(line) - len(rest) for line, rest in zip(old, new, strict=True)]
    return _indented(keep(runs, _tails(old, dropped)), margins[0] if margins else "")


def cleandoc(runs: Runs) -> Runs | None:
    """`inspect.cleandoc`; None if tabs would have to be expanded."""
    text = masked(runs)
    if "\t" in text:
        return None
    lines = text.split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    dropped = [len(lines[0]) - len(lines[0].lstrip()), *(min(margin, len(line)) for line in lines[1:])]
    left = [len(line) - gone for line, gone in zip(lines, dropped, strict=True)]
    full = [number for number, length in enumerate(left) if length]
    if not full:
        return ()
    ranges = list(_tails(lines, dropped))[full[0] : full[-1] + 1]
    low, high = ranges[-1]
    ranges[-1] = (low, high - 1 if full[-1] < len(lines) - 1 else high)
    return _indented(keep(runs, ranges), " " * margin)


def _tails(lines: list[str], dropped: list[int]) -> Iterator[tuple[int, int]]:
    """The range of each line, without its first characters, with its line break."""
    position = 0
    for number, (line, gone) in enumerate(zip(lines, dropped, strict=True)):
        end = position + len(line) + (number < len(lines) - 1)
        yield position + gone, end
        position = end


def _indented(runs: Runs, margin: str) -> Runs:
    """New lines are written with the margin; in a one-line literal there is no way to."""
    if not margin:
        return runs
    return tuple(replace(run, codec=_margin(run.codec, margin)) for run in runs)


def _margin(codec: Codec, margin: str) -> Codec:
    return replace(codec, indent=margin, editable=codec.editable and codec.quote in _BLOCKS)


def join(
    separator: Runs,
    items: list[Runs],
    gaps: list[tuple[int, int]],
    branches: list[tuple[Arm, ...]] | None = None,
) -> Runs:
    """`separator.join(items)`; a separator's text is spelt by the gap between two items, for good.

    `branches` are the arms of items that are not always there. A separator is there with the item after it,
    or with the one before it if all items so far may be missing.
    """
    text = "".join(run.text for run in separator)
    branches = branches or [()] * len(items)
    result = list(items[0]) if items else []
    sure = bool(items) and not branches[0]
    for number, (item, (start, end)) in enumerate(zip(items[1:], gaps, strict=True), 1):
        arms = branches[number] or (() if sure else branches[number - 1])
        sure = sure or not branches[number]
        if text:
            codec = replace(separator[0].codec, editable=False)
            result.append(Run(text, start, end, codec, start, verbatim=False, branch=arms))
        result.extend(item)
    return tuple(result)


def substitute(runs: Runs, old: str, new: str, slot: bool) -> Runs:
    """`str.replace`: each `old` becomes the text `new`, or a slot for the expression `new`."""
    text = masked(runs)
    done = 0
    result: list[Run] = []
    while old and (found := text.find(old, done)) >= 0:
        result.extend(keep(runs, [(done, found)]))
        whole = _one(runs, found, found + len(old))
        result.append(replace(whole, kind=SegmentKind.SLOT, name=new) if slot else replace(whole, text=new))
        done = found + len(old)
    result.extend(keep(runs, [(done, len(text))]))
    return tuple(result)


def condition(text: str) -> str:
    """What decides an arm, on one line; of a long one the beginning, and a hash of the whole."""
    folded = " ".join(text.split())
    if len(folded) <= _CONDITION:
        return folded
    whole = hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{folded[:_CONDITION]}… {whole[:16]}"


def _one(runs: Runs, start: int, end: int) -> Run:
    """One atomic run for a range of the text, not empty; not editable if two literals spell it."""
    parts = keep(runs, [(start, end)])
    first, last = parts[0], parts[-1]
    text = "".join(run.text for run in parts)
    codec = first.codec
    if first.literal != last.literal:
        codec = replace(codec, editable=False)
    return replace(first, text=text, end=max(last.end, first.start), codec=codec, verbatim=False)


# --- template languages ---------------------------------------------------------------------


def templated(runs: Runs, syntax: str) -> Runs | None:
    """The slots, control and escapes of a template language found in the text; None if it is none."""
    result: list[Run] = []
    for branch, group in groupby(runs, lambda run: run.branch):
        part = _templated(tuple(group), syntax, branch)
        if part is None:
            return None
        result.extend(part)
    return tuple(result)


def _templated(runs: Runs, syntax: str, branch: tuple[Arm, ...]) -> Runs | None:
    try:
        parts = templates.split(masked(runs), syntax)
    except TemplateError:
        return None
    escaping = _ESCAPINGS[syntax]
    result: list[Run] = []
    for part in parts:
        arms = branch + tuple(Arm(_one(runs, arm.group, arm.group + 1).start, arm.arm) for arm in part.branch)
        result.extend(replace(run, branch=arms) for run in _of_part(runs, part))
    return tuple(_written(run, escaping) for run in result)


def _of_part(runs: Runs, part: Part) -> Iterable[Run]:
    if part.verbatim:
        return keep(runs, [(part.start, part.end)])
    whole = _one(runs, part.start, part.end)
    if part.kind is SegmentKind.TEXT:
        return [replace(whole, text=part.text)]
    text = whole.text if part.kind is SegmentKind.SLOT else ""
    return [replace(whole, kind=part.kind, text=text, name=part.name)]


def _written(run: Run, escaping: Escaping) -> Run:
    """A text under two escapings can be shown, but not edited."""
    if run.codec.escaping is Escaping.NONE:
        return replace(run, codec=replace(run.codec, escaping=escaping))
    return replace(run, codec=replace(run.codec, editable=False))
