"""Writes a usage file for the prompts that were found: every figure open, what is assumed beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from promptlint.model import PromptFacts
from promptlint.plan.assumptions import EFFECTS, MODELS, SHARES, USAGE, Assumption, plain
from promptlint.plan.usage import CURRENCY, VERSION
from promptlint.style import visible

HEAD = """\
# What promptlint plan should know of your traffic. Whatever is null is assumed, and the plan says so.
# A figure is a number, a range [low, high], or {low: 1, mid: 2, high: 4, basis: measured}.
# Shares are numbers from 0 to 1 or texts like "40%". Keys of `prompts` are ids or globs ("app/**");
# of several that match a prompt, the last that has a key counts.
#
# Keys of a prompt, and what is assumed for each:
"""

_FIRST = ("calls_per_month", "output_tokens")
_CHAT = "turns"


def text(prompts: Iterable[PromptFacts]) -> str:
    """The usage file for some prompts, in their order."""
    lines = [HEAD.rstrip("\n")]
    lines += [
        "#   model: the prompt's own",
        "#   latency: interactive, minutes or day",
        "#   difficulty: 0 to 1",
    ]
    lines += [f"#   {key}: {_words(each)}" for key, each in USAGE.items()]
    lines += ["", f"version: {VERSION}", f"currency: {CURRENCY}", ""]
    lines += ["# What takes the place of dearer models:", "models:"]
    lines += [f"  {name}: null  # {model}: {source}" for name, (model, source) in MODELS.items()]
    lines += ["", "# What optimizations are taken to do:", "assume:", *_assume(), "", "prompts:"]
    entries = [line for prompt in prompts for line in _entry(prompt)]
    return "\n".join([*lines, *(entries or ["  # no prompt was found"])]) + "\n"


def _assume() -> Iterator[str]:
    group = ""
    for key, each in EFFECTS.items():
        name, _, part = key.partition(".")
        if part and name != group:
            yield f"  {name}:"
        group = name if part else ""
        yield f"{'    ' if part else '  '}{part or name}: null  # {_words(each)}"


def _entry(prompt: PromptFacts) -> Iterator[str]:
    """A prompt; its id is hostile, and stands in double quotes."""
    model = visible(prompt.model).replace("#", "")[:60] or "unknown model"
    tokens = prompt.tokens.high
    yield f"  # {model}, {tokens:,} tokens{', sends its history' if has_history(prompt) else ''}"
    yield f"  {quoted(prompt.id)}:"
    for key in (*_FIRST, *([_CHAT] if has_history(prompt) else ())):
        yield f"    {key}: null"


def quoted(text: str) -> str:
    """A text as a double-quoted scalar of YAML; JSON's spelling of what lies beyond U+FFFF is no YAML."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    return char if char == " " or (char.isprintable() and char <= "\ud7ff") else f"\\U{ord(char):08x}"


def has_history(prompt: PromptFacts) -> bool:
    """Whether each turn of a conversation sends those before it again, as far as its slots tell."""
    return "conversation history" in prompt.uncounted


def _words(each: Assumption) -> str:
    low, mid, high = (_shown(end, each) for end in (each.value.low, each.value.mid, each.value.high))
    value = mid if low == high else f"{low} to {high}, likely {mid}"
    unit = "" if each.unit in SHARES else f" {each.unit.value}"
    return f"{value}{unit}: {each.says} ({each.source})"


def _shown(value: float, each: Assumption) -> str:
    return f"{value * 100:.3g}%" if each.unit in SHARES else plain(value)
