"""Decides whether a text, Markdown or template file is a prompt, by name, folder and content, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from promptlint.extract.common import agentdocs, clues, openings
from promptlint.extract.common.clues import Clue
from promptlint.extract.common.naming import among_prompts, file_name
from promptlint.model import Source, SourceKind
from promptlint.records import dataclass
from promptlint.syntax import frontmatter

_ENOUGH = 3  # points
_CERTAIN = 6  # points that need no single strong clue
_FILLED = 4  # the same of a text with slots
_HEAD = 20_000  # code points that are looked at
_SHOWN = 3  # examples that end as the text does
_WIDE = 300  # code points of a line that are looked at
_WEB = (("mustache",), ("hbs",), ("handlebars",), ("liquid",))  # templates of pages and code, as a rule
_FENCE = re.compile(r"^[ \t]*(```|~~~).*?^[ \t]*\1", re.MULTILINE | re.DOTALL)
_QUOTED_TAG = re.compile(
    r"`[^`\n{<]{0,200}(?:\{[{%]|<message|<\|)[^`\n]{0,300}`"
)  # in a page about templates
_PAGES = re.compile(r"(?:.*/)?(?:docs?|documentation|content|website|site|blog|posts|wiki)/", re.IGNORECASE)
_TITLE = re.compile(r"\A(?:\[[^\]\n]*\]\([^)\n]*\)\s*(?:#|\Z)|#+ )|^title:|^parent:|^#+ ", re.MULTILINE)
_HEADER = re.compile(r"---[ \t]*\r?\n.*?^---[ \t]*$", re.DOTALL | re.MULTILINE)
_TAG = re.compile(r"\{%[^%]*%\}|\{#[^#]*#\}|\{\{[^{}]*\}\}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, and the clause that explains it."""

    is_prompt: bool
    reason: str


def judge(source: Source) -> Verdict:
    """Is this file a prompt? One that the user named always is, and so is one that agents load."""
    if source.named:
        return Verdict(True, "named by the user")
    use = next((use for use in source.context.uses if not use.name), None)
    if use and source.text.strip("\ufeff \t\r\n"):
        return Verdict(True, f"named by {use.path}")
    if not source.text.strip("\ufeff \t\r\n"):
        return Verdict(False, "empty")
    document = agentdocs.agent_document(source.path, frontmatter.keys(source.text))
    if document:
        return Verdict(True, document.what)
    name = file_name(source.path)
    if {"prompt", "prompty"} & set(name.suffixes) or name.words == ("skprompt",):
        return Verdict(True, "a prompt file by its extension")
    stem, head = " ".join(name.words), source.text[:_HEAD].lstrip("\ufeff")
    about_project = not among_prompts(source.path) or name.name.partition(".")[0].isupper()
    settled = _settled(".".join((stem, *name.suffixes)), head, about_project)
    if settled:
        return Verdict(False, settled.says)
    if source.kind is SourceKind.MARKDOWN and _is_documentation(source.path, head):
        return Verdict(False, "documentation: a titled page that addresses no model")
    found = (
        *_found(clues.NAME, " ".join((stem, *name.suffixes[:-1])).strip()),
        *_found(clues.FOLDER, f"/{'/'.join(name.folders)}/"),
        *_read(_QUOTED_TAG.sub("", head) if source.kind is SourceKind.MARKDOWN else head),
    )
    return _weighed(found, source.kind, of_pages=name.suffixes[-1:] in _WEB)


def _is_documentation(path: str, head: str) -> bool:
    """True for a page about prompts, however it is named; a prompt kept there opens like one."""
    if not _PAGES.match(path) or not _TITLE.search(head[:_WIDE]):
        return False
    header = _HEADER.match(head)
    return not openings.addresses(_FENCE.sub("", head[header.end() if header else 0 :]))


def _settled(name: str, text: str, about_project: bool) -> Clue | None:
    """What shows that a file is no prompt; `about_project`: its name may be that of a project's file."""
    names = (*clues.NOT_BY_NAME, clues.PROJECT_FILE) if about_project else clues.NOT_BY_NAME
    by_name = (clue for clue in names if clue.pattern.match(name))
    folded = text.casefold()
    by_text = (clue for clue in clues.NOT_BY_TEXT if clue.possible(folded) and clue.pattern.search(text))
    return next(by_name, None) or next(by_text, None)


def _found(table: tuple[Clue, ...], text: str) -> Iterator[Clue]:
    folded = text.casefold()
    for clue in table:
        if (
            clue.possible(folded)
            and len(tuple(islice(clue.pattern.finditer(text), clue.times))) == clue.times
        ):
            yield clue


def _read(text: str) -> Iterator[Clue]:
    """The clues of the content; a prompt quoted in a code fence is none."""
    outside = _FENCE.sub("", text)
    yield from _found(clues.TEXT, outside)
    lines = [line for line in _TAG.sub("", outside).splitlines() if line.strip()]
    if _completes(outside):
        yield clues.COMPLETES
    elif len(lines) > 1 and _more_than(0.5, clues.MOSTLY_CODE, lines):
        yield clues.MOSTLY_CODE
    if len(lines) >= 10 and _more_than(0.7, clues.MOSTLY_WORDS, lines):
        yield clues.MOSTLY_WORDS


def _completes(text: str) -> bool:
    """Does a text end as few-shot prompts do: a slot, and a label that examples above answer?"""
    label = clues.COMPLETES.pattern.match(text[text.rstrip().rfind("\n") + 1 :].strip()[:40])
    if label is None or "{" not in text[-_WIDE:]:
        return False
    wanted = f"{label[1]}: "
    return sum(line.startswith(wanted) for line in text.splitlines()) >= _SHOWN


def _more_than(share: float, clue: Clue, lines: list[str]) -> bool:
    """Does the clue speak of more than this share of the lines? Stops when it no longer can."""
    match, left = clue.pattern.match, len(lines)
    for line in lines:
        if not match(line[:_WIDE]):
            left -= 1
            if left / len(lines) <= share:
                return False
    return True


def _weighed(found: tuple[Clue, ...], kind: SourceKind, of_pages: bool) -> Verdict:
    """The sum decides; prose holds many weak clues, and so do templates of code: there one must be strong.

    A plain text with slots is half a template.
    """
    score = sum(clue.weight for clue in found)
    filled = kind is SourceKind.TEXT and any(clue.says == "has slots" for clue in found)
    certain = score >= (_FILLED if filled else _CERTAIN) or kind is SourceKind.JINJA
    strong = (certain and not of_pages) or any(clue.weight >= _ENOUGH for clue in found)
    is_prompt = score >= _ENOUGH and strong
    telling = [clue for clue in found if (clue.weight > 0) is is_prompt]
    says = "; ".join(clue.says for clue in sorted(telling, key=lambda clue: -abs(clue.weight))[:2])
    if is_prompt:
        return Verdict(True, says)
    return Verdict(False, says or "nothing in its name, folder or text says that it is a prompt")
