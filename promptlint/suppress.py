"""Leaves out findings that a comment in the file answers, and complains of comments that answer none.

In code, BAML, YAML and JSON a comment on, in or just before a prompt speaks for the whole prompt. In
templates, Markdown and text it speaks for its own lines and the next. `ignore-file[...]` speaks for the
whole file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Container, Iterable, Iterator, Mapping

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
    owned = [_owned(comment, prompt_lines) for comment in comments]
    kept: list[Finding] = []
    used: set[tuple[int, str]] = set()
    total = 0
    for finding in findings:
        hits = {
            (index, finding.code)
            for index, comment in enumerate(comments)
            if finding.code in comment.codes and _speaks_for(comment, owned[index], finding, prompt_lines)
        }
        used |= hits
        if hits:
            total += 1
        else:
            kept.append(finding)
    return Applied(tuple(kept), total, tuple(_problems(comments, used, known, judged)))


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


def _owned(comment: Suppression, prompt_lines: Mapping[str, tuple[int, int]]) -> frozenset[str]:
    """The prompts that a comment speaks for as a whole."""
    if not comment.whole_prompt:
        return frozenset()
    at, last = comment.lines
    inside = frozenset(name for name, (start, end) in prompt_lines.items() if start <= at <= end)
    if inside:
        return inside
    following = [start for start, _ in prompt_lines.values() if at < start <= last]
    return frozenset(name for name, (start, _) in prompt_lines.items() if start == min(following, default=0))


def _speaks_for(
    comment: Suppression,
    owned: frozenset[str],
    finding: Finding,
    prompt_lines: Mapping[str, tuple[int, int]],
) -> bool:
    if comment.whole_file:
        return True
    if comment.whole_prompt and finding.prompt in prompt_lines:
        return finding.prompt in owned
    return comment.lines[0] <= finding.location.line <= comment.lines[1]


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
