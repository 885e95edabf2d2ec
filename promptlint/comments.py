"""Finds the comments of a file, in the manner of its format, that are addressed to promptlint."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping

from promptlint.model import Prompt, SegmentKind, Source, SourceKind, Span

MARK = "promptlint:"

_YAML = re.compile(r"(?:(?<=[\s\ufeff])|^)#[# \t]*promptlint:[^\r\n]*")


def find(source: Source, prompts: Iterable[Prompt]) -> tuple[Span, ...]:
    """The ranges of the comments, sorted; some may hold the mark only by chance.

    Args:
        source: the file.
        prompts: all prompts in it: what lies in their text is no comment.
    """
    if MARK not in source.text:
        return ()
    every = tuple(prompts)
    return tuple(sorted({*_template_comments(source, every), *_FINDERS[source.kind](source, every)}))


def lines(source: Source) -> list[str]:
    """The lines that a comment stands on and speaks for; of a notebook those of its code."""
    if source.kind is not SourceKind.NOTEBOOK:
        return source.text.split("\n")
    from promptlint.syntax import cells

    return cells.code_lines(source.text)


# --- by format ------------------------------------------------------------------------------


def _template_comments(source: Source, prompts: tuple[Prompt, ...]) -> Iterator[Span]:
    for prompt in prompts:
        for segment in prompt.segments:
            span = segment.span
            if segment.kind is SegmentKind.COMMENT and MARK in source.text[span.start : span.end]:
                yield span


def _html_comments(source: Source, prompts: tuple[Prompt, ...]) -> Iterator[Span]:
    start = source.text.find("<!--")
    while start >= 0:
        end = source.text.find("-->", start + 4)
        if end < 0:
            return
        yield Span(start, end + 3)
        start = source.text.find("<!--", end + 3)


def _yaml_comments(source: Source, prompts: tuple[Prompt, ...]) -> Iterator[Span]:
    inside = sorted(segment.span for prompt in prompts for segment in prompt.segments)
    starts = [span.start for span in inside]
    for match in re.finditer(_YAML, source.text):
        last = bisect_right(starts, match.start()) - 1
        if last < 0 or inside[last].end <= match.start():
            yield Span(*match.span())


def _python_comments(source: Source, prompts: tuple[Prompt, ...]) -> Iterator[Span]:
    from io import StringIO
    from tokenize import COMMENT, TokenError, generate_tokens

    bom = int(source.text.startswith("\ufeff"))
    plain = source.text[bom:]
    starts = [bom, *(match.end() + bom for match in re.finditer("\n", plain))]
    found = []
    try:
        for token in generate_tokens(StringIO(plain).readline):
            if token.type == COMMENT and MARK in token.string:
                at = starts[token.start[0] - 1] + token.start[1]
                found.append(Span(at, at + len(token.string)))
    except (TokenError, SyntaxError):
        return
    yield from found


def _baml_comments(source: Source, prompts: tuple[Prompt, ...]) -> Iterator[Span]:
    from promptlint.errors import SourceError
    from promptlint.syntax import baml

    try:
        tokens = tuple(baml.tokens(source.text))
    except SourceError:
        return
    for token in tokens:
        if token.kind == "comment" and MARK in token.text:
            yield Span(token.span.start, token.span.start + len(token.text.rstrip("\r")))


def _script_comments(source: Source, prompts: tuple[Prompt, ...]) -> Iterator[Span]:
    from promptlint.errors import SourceError
    from promptlint.syntax import script

    try:
        found = script.comments(source)
    except SourceError:
        return
    yield from (span for span in found if MARK in source.text[span.start : span.end])


def _no_comments(source: Source, prompts: tuple[Prompt, ...]) -> Iterator[Span]:
    yield from ()


def _cell_comments(source: Source, prompts: tuple[Prompt, ...]) -> Iterator[Span]:
    from promptlint.errors import SourceError
    from promptlint.syntax import cells, ipython, nested

    try:
        code = ipython.parsable(cells.read(source.text)).code
    except SourceError:
        return
    for found in _python_comments(Source(source.path, code.text, SourceKind.PYTHON), prompts):
        yield nested.span(code, found)


_FINDERS: Mapping[SourceKind, Callable[[Source, tuple[Prompt, ...]], Iterator[Span]]] = {
    SourceKind.PYTHON: _python_comments,
    SourceKind.YAML: _yaml_comments,
    SourceKind.MARKDOWN: _html_comments,
    SourceKind.TEXT: _html_comments,
    SourceKind.JINJA: _no_comments,
    SourceKind.JSON: _no_comments,
    SourceKind.JSONL: _no_comments,
    SourceKind.NOTEBOOK: _cell_comments,
    SourceKind.JAVASCRIPT: _script_comments,
    SourceKind.TYPESCRIPT: _script_comments,
    SourceKind.POML: _html_comments,
    SourceKind.BAML: _baml_comments,
}
