"""The prompts of the comment: the table of all that changed, then each one folded, then files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from promptlint.changes import Cache, Findings, Item, Move, Note, PromptChange, State
from promptlint.deltas import (
    assumed_mark,
    cache_words,
    model_changes,
    money,
    money_basis,
    reworded,
    severities,
    signed,
    signed_usd,
    states,
    token_difference,
    tokens_of,
    unknown_words,
    usd_basis,
    with_mark,
)
from promptlint.markdown import code, code_element, folded, plain, row, short, table_head, unbroken
from promptlint.model import Basis
from promptlint.report.comment import facts
from promptlint.report.comment.facts import NONE
from promptlint.report.comment.order import over_budget, ranked
from promptlint.report.comment.words import items_words, noun
from promptlint.reporting import weakest
from promptlint.sections import Row, Section
from promptlint.style import number, plural, usd_range

MOST, FEWEST = 40, 2
"""Rows of one list in the details of a prompt."""

ROW_BYTES = 300
"""About what one such row takes."""

WIDE = 9
"""Characters of a value before which the line of a cell may be broken."""

# --- the table ------------------------------------------------------------------------------


def table(prompts: Sequence[PromptChange]) -> Section | None:
    """A row a prompt, those that most need a look first."""
    if not prompts:
        return None
    monthly = any(side.usd_month is not None for item in prompts for side in states(item))
    names = ("Prompt", "Tokens", f"USD {_period(monthly)}", "Findings", "Notes")
    return Section(
        head=table_head(names, right=(1, 2)),
        rows=((_row(item, monthly),) for item in ranked(prompts)),
        count=len(prompts),
        left=lambda cut: f"\nand {plural(cut, 'more prompt')}\n",
        foot="\n",
        none=f"{plural(len(prompts), 'prompt')}: no room for the table here.\n\n",
        weight=3,
    )


def _period(monthly: bool) -> str:
    return "a month" if monthly else "per 1,000 calls"


def _row(change: PromptChange, monthly: bool) -> str:
    return row(
        (
            code(short(change.id, 36), cell=True),
            _tokens(change),
            _price(change, monthly),
            plain(_findings(change.findings)) or NONE,
            "; ".join([*_model(change, _cell), *map(plain, notes(change))]) or NONE,
        )
    )


def _tokens(change: PromptChange) -> str:
    less = token_difference(change)
    basis = weakest(side.basis for side in states(change))
    return _both(change, tokens_of, signed(less, basis) if less else "")


def _price(change: PromptChange, monthly: bool) -> str:
    """Of a month, or where no volume is known of 1,000 calls."""
    month = monthly and all(side.usd_month is not None for side in states(change))

    def words(side: State) -> str:
        ends = side.usd_month if month else side.usd_per_1000
        return "unknown" if ends is None else with_mark(usd_range(ends), usd_basis(side))

    ends = money(change, month)
    less = signed_usd(ends, money_basis(change)) if ends is not None and any(ends) else ""
    period = f"<br>{_period(False)}" if monthly and not month and ends is not None else ""
    return _both(change, words, less) + period


def _both(change: PromptChange, words: Callable[[State], str], less: str) -> str:
    """`before → after`, and the difference under it; one value if nothing changes."""
    before, after = (words(side) if side else NONE for side in (change.before, change.after))
    both = [before] if before == after and not less else [f"{before} →", after]
    text = " ".join(map(unbroken, both)) if max(map(len, both)) > WIDE else unbroken(" ".join(both))
    return text + (f"<br>**{unbroken(less)}**" if less else "")


def _findings(found: Findings) -> str:
    parts = [f"new: {severities(found.new)}"] if found.new else []
    return "; ".join([*parts, *([f"{number(len(found.fixed))} fixed"] if found.fixed else [])])


def _cell(text: str) -> str:
    return code(text, 40, cell=True)


def _model(change: PromptChange, quoted: Callable[[str], str]) -> Iterator[str]:
    """The models of both sides, where these differ; their names are hostile."""
    if model_changes(change):
        names = (
            f"{quoted(side.model)}{assumed_mark(side)}" if side.model else NONE for side in states(change)
        )
        yield f"model {' → '.join(names)}"


def notes(change: PromptChange) -> list[str]:
    """What else there is to say of a prompt, in short words of our own."""
    words: list[str] = [change.status] if change.status != "changed" else []
    if change.status == "moved" and change.edited:
        words.append("edited")
    if reworded(change):
        words.append("in words or white space alone")
    if change.contract_losses:
        words.append(f"{items_words(change.contract_losses)} lost")
    if change.contract_moves:
        words.append(f"{items_words(change.contract_moves)} elsewhere")
    if cache := cache_words(change):
        words.append(cache)
    if unknown := unknown_words(change):
        words.append(unknown)
    if over := over_budget(change):
        words.append(f"{plural(over, 'token')} over budget")
    if all(side.included for side in states(change)):
        words.append("included in others")
    return words


# --- one prompt -----------------------------------------------------------------------------


def details(prompts: Sequence[PromptChange], limit: int) -> Section | None:
    """All that is known of each prompt, folded."""
    if not prompts:
        return None
    most = max(FEWEST, min(MOST, limit // ROW_BYTES // len(prompts)))
    sizes = tuple(dict.fromkeys((most, (most + FEWEST) // 2, FEWEST)))
    return Section(
        head="**Details**\n\n",
        rows=(tuple(_detail(item, size) for size in sizes) for item in ranked(prompts)),
        count=len(prompts),
        left=lambda cut: f"and details of {plural(cut, 'more prompt')}\n\n",
        none=f"Details of {plural(len(prompts), 'prompt')}: no room here.\n\n",
        weight=5,
    )


def _detail(change: PromptChange, most: int) -> str:
    words = [
        *_model(change, code_element),
        *notes(change),
        *([news] if (news := _findings(change.findings)) else []),
    ]
    head, foot = folded(code_element(short(change.id, 72)) + (f": {'; '.join(words)}" if words else ""))
    found = change.findings
    parts = [
        _moved(change),
        _list("", change.contract_losses, lambda item: _item(item, "lost"), most)
        + _list("", change.contract_gains, lambda item: _item(item, "gained"), most),
        _list(
            "Now elsewhere: under another heading, condition or role, or in another order",
            change.contract_moves,
            _move,
            most,
        ),
        _list("New findings", found.new, finding, most),
        _cache(change.cache),
        _list("Fixed findings", found.fixed, finding, most),
        facts.table(change),
    ]
    return head + "\n".join(part for part in parts if part) + foot


def _moved(change: PromptChange) -> str:
    if change.previous_id is None:
        return ""
    text = "its text differs" if change.edited else "the same text"
    return f"Moved from {code(change.previous_id, 200)}, {text}.\n"


def _item(item: Item, fate: str) -> str:
    what = "" if noun(item) == "requirement" else f"{noun(item)} "
    place = f"line {number(item.line)} " if item.line is not None else ""
    return f"{place}{what}{fate}: {code(item.text, 240)}"


def _move(item: Move) -> str:
    what = "" if noun(item) == "requirement" else f"{noun(item)} "
    lines = [number(line) for line in (item.line_before, item.line_after) if line is not None]
    place = f"line {' → '.join(lines)} " if len(lines) == 2 else ""
    return f"{place}{what}{code(item.text, 240)}"


def _list(title: str, items: Sequence[object], words: Callable[..., str], most: int) -> str:
    """A list of at most so many entries; the others are counted."""
    if not items:
        return ""
    lines = [f"- {words(item)}" for item in items[:most]]
    if len(items) > most:
        lines.append(f"- and {number(len(items) - most)} more")
    return (f"**{title}**\n\n" if title else "") + "\n".join(lines) + "\n"


def finding(note: Note) -> str:
    """A finding in one line: severity, rule, place, message, what it costs, its fix."""
    place = f"{note.path}:{note.line}"
    words = f"{note.severity} {code(note.code, 20)} in {code(short(place, 72))}: {code(note.message, 240)}"
    return words + (f" ({plain(cost)})" if (cost := "; ".join(_cost(note))) else "")


def _cost(note: Note) -> Iterator[str]:
    basis = note.basis or Basis.EXACT
    if note.saving_tokens:
        yield f"{signed(note.saving_tokens, basis).replace('+', '')} tokens a call"
    if note.usd_month is not None:
        yield f"{with_mark(usd_range(note.usd_month), basis)} a month"
    elif note.usd_per_1000 is not None:
        yield f"{with_mark(usd_range(note.usd_per_1000), basis)} per 1,000 calls"
    if note.fix is not None:
        yield {"safe": "safe fix", "unsafe": "unsafe fix", "display": "fix by hand"}[note.fix]


def _cache(cache: Cache | None) -> str:
    if cache is None:
        return ""
    words = (
        f"A filled cache serves {number(cache.kept)} of {plural(cache.before, 'prefix token')} after this "
        f"change; {number(cache.after)} could be cached."
    )
    if cache.once_usd is None:
        words += " What it costs to fill it anew is not known."
    elif any(cache.once_usd):
        once = with_mark(usd_range(cache.once_usd), cache.basis)
        words += f" To fill it anew costs {once} once for each cache ({cache.basis.value})."
    return f"**Cache:** {plain(words)}\n"


# --- files ----------------------------------------------------------------------------------


def files(found: Findings) -> Section | None:
    """Findings that belong to no prompt, folded."""
    count = len(found.new) + len(found.fixed)
    if not count:
        return None
    head, foot = folded(f"Findings about files: {_findings(found)}")
    return Section(
        head=head,
        rows=_file_rows((found.new, "new"), (found.fixed, "fixed")),
        count=count,
        left=lambda cut: f"- and {plural(cut, 'more finding')}\n",
        foot=foot,
        none=f"Findings about files: {_findings(found)}; no room here.\n\n",
        weight=6,
    )


def _file_rows(*groups: tuple[Iterable[Note], str]) -> Iterator[Row]:
    for notes_, fate in groups:
        for note in notes_:
            yield (f"- {fate} {finding(note)}\n",)
