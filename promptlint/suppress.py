"""Leaves out findings that a comment in the file answers, and complains of comments that answer none.

In code, BAML, YAML and JSON a comment on, in or just before a prompt speaks for the whole prompt. In
templates, Markdown and text it speaks for its own lines and the next. `ignore-file[...]` speaks for the
whole file.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from promptlint import comments
from promptlint.model import Finding, Problem, Prompt, Source, SourceKind, Span
from promptlint.records import dataclass

CODE = "SUP001"

_DIRECTIVE = re.compile(r"promptlint:[ \t]*([A-Za-z-]+)[ \t]*(?:\[([^\]\n]*)\])?[ \t]*([^\n]*)")
_STARTS_COMMENT = re.compile(r"[#%*/!-]\s*$")
_COMMENT_ENDS = ("-#}", "+#}", "-%}", "+%}", "#}", "%}", "-->", "*/")
# Lines that a statement goes on after, or that are comments themselves.
_OPENER = re.compile(
    r"""(?:[(\[{=:\\]|[|>][-+\d]{0,2}|"{3}|'{3}|\#")[ \t]*(?:[ \t]#.*)?$|^\s*(?:\#|//|client\b|/?\*)"""
)
_CLOSERS = frozenset(")]}\"'`;, \t")
_FAR = 100  # lines
_VERBS = ("ignore", "ignore-file")
_FOREIGN = frozenset({"disable", "enable", "file-ignore", "noqa", "off", "skip"})
_WHOLE_PROMPT = frozenset(
    {SourceKind.PYTHON, SourceKind.YAML, SourceKind.JSON, SourceKind.BAML, SourceKind.NOTEBOOK}
    | {SourceKind.JAVASCRIPT, SourceKind.TYPESCRIPT}
)


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment, with its range in the source.

    `lines` is the first and last line it speaks for. With `whole_prompt` it speaks for the prompts that the
    first of them lies in, else for the next prompt that begins by the last of them. `problem` says what is
    wrong with it; it then has no codes.
    """

    codes: tuple[str, ...]
    span: Span
    lines: tuple[int, int]
    whole_file: bool = False
    whole_prompt: bool = False
    reason: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """What the comments of a file leave of its findings.

    `problems` are findings in the making (SUP001): comments that are wrong, or that suppress nothing.
    """

    kept: tuple[Finding, ...]
    suppressed: int = 0
    problems: tuple[Problem, ...] = ()


def suppressions(source: Source, prompts: Iterable[Prompt] = ()) -> tuple[Suppression, ...]:
    """The comments of a file that are addressed to promptlint, in order.

    Args:
        source: the file.
        prompts: all prompts in it: what lies in their text is no comment.
    """
    found = comments.find(source, prompts)
    if not found:
        return ()
    lines = comments.lines(source)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    read = (_read(source, span, lines, starts) for span in found)
    return tuple(item for item in read if item is not None)


def apply(
    findings: Iterable[Finding],
    comments: tuple[Suppression, ...],
    prompt_lines: Mapping[str, tuple[int, int]],
    known: Collection[str],
    judged: Container[str],
) -> Applied:
    """Leave out what the comments suppress.

    Args:
        findings: of one file.
        comments: of the same file.
        prompt_lines: the first and last line of each prompt, by id.
        known: every code there is.
        judged: the codes whose findings are all here; only of these an unused suppression is reported.
    """
    if not comments:
        return Applied(tuple(findings))
    every = tuple(findings)
    by_code: dict[str, list[Finding]] = {}
    for finding in every:
        by_code.setdefault(finding.code, []).append(finding)
    spoken: dict[str, list[int]] = {}
    for index, comment in enumerate(comments):
        for code in comment.codes:
            spoken.setdefault(code, []).append(index)
    prompts = _Prompts(prompt_lines)
    owned = [prompts.owned(comment) for comment in comments]
    answered: set[int] = set()
    used: set[tuple[int, str]] = set()
    for code in by_code.keys() & spoken.keys():
        places = _Places(by_code[code], prompts)
        speakers = [_Speaker(comments[index], owned[index]) for index in spoken[code]]
        used |= {
            (index, code) for index, each in zip(spoken[code], speakers, strict=True) if places.use(each)
        }
        answered |= {id(finding) for finding in _answered(by_code[code], speakers, prompts)}
    kept = tuple(finding for finding in every if id(finding) not in answered)
    return Applied(kept, len(every) - len(kept), tuple(_problems(comments, used, known, judged)))


# --- reading one ----------------------------------------------------------------------------


def _read(source: Source, span: Span, lines: list[str], starts: list[int]) -> Suppression | None:
    match = _DIRECTIVE.search(source.text, span.start, span.end)
    if match is None or not _STARTS_COMMENT.search(source.text[span.start : match.start()]):
        return None
    verb, listed, rest = match.groups()
    codes = tuple(dict.fromkeys(re.findall(r"[^\s,]+", listed or "")))
    problem = _wrong(verb, codes)
    if problem is None:
        return None
    first = bisect_right(starts, span.start)
    by_prompt = source.kind in _WHOLE_PROMPT
    if by_prompt:
        reach = _reach(lines, first, span.start - starts[first - 1])
    else:
        reach = first, bisect_right(starts, span.end - 1) + 1
    return Suppression(
        codes=() if problem else codes,
        span=span,
        lines=reach,
        whole_file=verb == "ignore-file",
        whole_prompt=by_prompt,
        reason=_reason(rest),
        problem=problem,
    )


def _reason(rest: str) -> str:
    """What stands behind a directive, without the end of the comment; a regex would be quadratic here."""
    text = rest.strip()
    end = next((each for each in _COMMENT_ENDS if text.endswith(each)), "")
    text = text.removesuffix(end)
    return (text.rstrip("-") if end == "-->" else text).strip()


def _wrong(verb: str, codes: tuple[str, ...]) -> str | None:
    """What is wrong with a comment; empty if nothing is, None if it is prose."""
    if verb in _VERBS:
        return "" if codes else f"`promptlint: {verb}` names no rule: write `promptlint: {verb}[CODE]`"
    from difflib import get_close_matches

    if verb in _FOREIGN or get_close_matches(verb, _VERBS, 1, 0.75):
        return f"`promptlint: {verb}` means nothing: write `promptlint: ignore[CODE]`"
    return None


def _reach(lines: list[str], line: int, column: int) -> tuple[int, int]:
    """The line that a comment counts as standing on, and the last on which a prompt it is for may begin.

    After closing brackets it stands on the line before; a statement that opens below it may take some lines
    to come to its prompt.
    """
    first = line
    before = lines[line - 1][:column].strip("\ufeff")
    while first > max(1, line - _FAR) and before.strip() and _CLOSERS.issuperset(before):
        first -= 1
        before = lines[first - 1].rstrip("\r")
    last, end = line + 1, min(len(lines), line + _FAR)
    while last < end and _OPENER.search(lines[last - 1].rstrip("\r")):
        last += 1
    return first, last


# --- applying -------------------------------------------------------------------------------


class _Prompts:
    """The prompts of a file, found by line; a file may have tens of thousands, and as many comments."""

    def __init__(self, lines: Mapping[str, tuple[int, int]]) -> None:
        self.known = frozenset(lines)
        self.names = sorted(lines, key=lambda name: lines[name])
        self.starts = [lines[name][0] for name in self.names]
        self.ends = [lines[name][1] for name in self.names]
        self.reach = list(accumulate(self.ends, max))

    def owned(self, comment: Suppression) -> frozenset[str]:
        """The prompts that a comment speaks for as a whole."""
        if not comment.whole_prompt or not self.names:
            return frozenset()
        at, last = comment.lines
        index = following = bisect_right(self.starts, at)
        inside = []
        while index > 0 and self.reach[index - 1] >= at:
            index -= 1
            if self.ends[index] >= at:
                inside.append(self.names[index])
        if inside or following == len(self.starts) or self.starts[following] > last:
            return frozenset(inside)
        return frozenset(self.names[following : bisect_right(self.starts, self.starts[following])])


@dataclass(frozen=True, slots=True)
class _Speaker:
    """A comment with the prompts that it speaks for as a whole."""

    comment: Suppression
    owned: frozenset[str]


class _Places:
    """Where the findings of one code are."""

    def __init__(self, findings: Iterable[Finding], prompts: _Prompts) -> None:
        places = [(item.location.line, item.prompt in prompts.known, item.prompt) for item in findings]
        self.names = {name for _, _, name in places}
        self.lines = sorted(line for line, _, _ in places)
        self.loose = sorted(line for line, known, _ in places if not known)

    def use(self, speaker: _Speaker) -> bool:
        """True if the comment speaks for one of them."""
        first, last = speaker.comment.lines
        lines = self.loose if speaker.comment.whole_prompt else self.lines
        between = bisect_left(lines, first) < bisect_right(lines, last)
        return speaker.comment.whole_file or between or not self.names.isdisjoint(speaker.owned)


class _Ranges:
    """Ranges of lines, asked whether one of them holds a line."""

    def __init__(self, comments: Iterable[Suppression]) -> None:
        lines = [comment.lines for comment in comments]
        self.firsts = sorted(first for first, _ in lines)
        self.lasts = sorted(last for _, last in lines)

    def hold(self, line: int) -> bool:
        """By count: of those that begin by that line, not all have ended before it."""
        return bisect_right(self.firsts, line) > bisect_left(self.lasts, line)


def _answered(
    findings: Iterable[Finding], speakers: Sequence[_Speaker], prompts: _Prompts
) -> Iterator[Finding]:
    """The findings (of one code) that one of the comments (for this code) speaks for."""
    comments = [each.comment for each in speakers]
    whole_file = any(comment.whole_file for comment in comments)
    names = frozenset().union(*(each.owned for each in speakers))
    ranges = _Ranges(comment for comment in comments if not comment.whole_prompt)
    loose = _Ranges(comment for comment in comments if comment.whole_prompt)
    for finding in findings:
        line, known = finding.location.line, finding.prompt in prompts.known
        if whole_file or finding.prompt in names or ranges.hold(line) or (not known and loose.hold(line)):
            yield finding


def _problems(
    comments: tuple[Suppression, ...],
    used: set[tuple[int, str]],
    known: Collection[str],
    judged: Container[str],
) -> Iterator[Problem]:
    if any(comment.whole_file and CODE in comment.codes for comment in comments):
        return
    for index, comment in enumerate(comments):
        if comment.problem:
            yield Problem(CODE, comment.problem, comment.span)
        for code in comment.codes:
            if code not in known:
                yield Problem(CODE, f"there is no rule {code}{_hint(code, known)}", comment.span)
            elif code != CODE and code in judged and (index, code) not in used:
                yield Problem(CODE, f"unused: no {code} is left to ignore here", comment.span)


def _hint(code: str, known: Collection[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(code.upper(), sorted(known), 1)
    return f"; did you mean {close[0]}?" if close else ""
