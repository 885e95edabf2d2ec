"""Finds the prompts in TypeScript and JavaScript: constants, arguments, messages; runs nothing of it."""

from __future__ import annotations

import re

from promptlint.extract.common import evidence
from promptlint.extract.common.naming import is_translation
from promptlint.extract.script.build import prompts
from promptlint.extract.script.judgement import holds_prompts
from promptlint.extract.script.nodes import Script
from promptlint.model import Extraction, Problem, Source, Span
from promptlint.syntax.script import parse

__all__ = ["extract", "worth_parsing"]

LONG_LINE = 5_000
"""Code points; a file that is mostly lines of more was written by a bundler."""

_GENERATED = re.compile(r".*(?:\.d\.[mc]?ts|[.-]min\.[mc]?js|\.bundle\.js|[.-]lock\.\w+)", re.IGNORECASE)
_BUNDLED = re.compile(r"(?:\A|/)(?:_next|static/(?:chunks|js))/|\A[^\n]{0,200}\b(?:TURBOPACK|webpackChunk)")
_PASSED_ON = re.compile(r"\bexport\s{1,9}(?:\*|\{[\w\s,]{1,2000}\})[\s\w]{1,99}[\"']\.")
# In a part that does not parse, these alone say that prompts are lost.
_STRONG = re.compile(
    r"\b(?:\w{0,40}(?:PROMPT|INSTRUCTIONS)|\w{0,40}(?:Prompt|Instructions))(?:\s*:\s*string)?\s*[:=]\s*[\"'`]\w"
    r"|\brole[\"']?\s*:\s*[\"'](?:system|user|assistant|developer)[\"']"
)
_CLIENT = re.compile(r"(?:\A|/)baml_client/")
# What follows a name that is given something: a value, a type and a value, or the body of a function.
_AFTER = r"\w{0,60}[\"']?\??\s{0,20}"
_BOUND = re.compile(
    rf"{_AFTER}(?::[^=\n]{{1,60}}=|[:=](?!=|\s{{0,20}}(?:string|number|boolean|any)\b(?![.`(]))"
    r"|\([^()\n]{0,200}\)[^{\n]{0,60}\{)"
)
_GIVEN = re.compile(r"\w{0,60}[\"']?\s{0,20}[:,}]")
_EVIDENCE = (
    ("prompt", _BOUND),
    ("instruction", _BOUND),
    ("template", re.compile(rf"{_AFTER}[:=](?!=)\s{{0,20}}(?:[\"'`(]|\w+[(`])")),
    ("system", _BOUND),
    ("system", _GIVEN),
    ("instructions", _GIVEN),
)
_MARKS = (
    *(
        "role:",
        '"role"',
        "'role'",
        '["human"',
        "['human'",
        "systemmessage(",
        "humanmessage(",
        "fromtemplate(",
    ),
    *('type: "function"', "type: 'function'", '"type": "function"', "inputschema", "input_schema"),
    *(
        "streamcomplete(",
        "generatecontent",
        "llm.",
        "model.invoke(",
        "model.stream(",
        "registertool(",
        ".tool(",
        "tool({",
        "prompttemplate",
        "dedent`",
    ),
)


def worth_parsing(data: str) -> bool:
    """False for most files that cannot hold a prompt; needs no parser.

    True for a key `role` and its like, for a prompt-like name that is given what may be text, and for words
    that only prompts open with.
    """
    data = data.lower()
    return evidence.marked(data, _MARKS) or evidence.follows(data, _EVIDENCE)


def extract(source: Source) -> Extraction:
    """The prompts of a script; what does not parse is left out, and a problem SRC002 if the file was named.

    Raises:
        SourceError: it is nested too deeply (SRC003).
    """
    reason = _no_source(source)
    if reason:
        return Extraction(reason=reason)
    told = bool(source.context.uses) or holds_prompts(source.path)
    if not told and not worth_parsing(source.text) and not _PASSED_ON.search(source.text):
        return Extraction(reason="nothing in it looks like a prompt")
    tree = parse(source)
    script = Script(source, tree.root, "\r\n" if "\r\n" in source.text else "\n")
    found, references = prompts(script)
    problems: tuple[Problem, ...] = ()
    if tree.broken is not None and (source.named or (not found and _is_lost(source.text, tree.broken))):
        problems = (Problem("SRC002", "does not parse here", tree.broken),)
    reason = "constants, arguments and messages" if found else "no prompt found"
    return Extraction(found, problems, reason, references)


def _is_lost(text: str, broken: Span) -> bool:
    """True if what does not parse, on all of its lines, looks like prompts."""
    end = text.find("\n", broken.end)
    return (
        _STRONG.search(text, text.rfind("\n", 0, broken.start) + 1, len(text) if end < 0 else end) is not None
    )


def _no_source(source: Source) -> str:
    """Why a script is nothing that people wrote and prompts stand in; empty if it may be."""
    if _GENERATED.fullmatch(source.path):
        return "generated, or declarations only"
    if not source.named and _CLIENT.search(source.path):
        return "the generated client of BAML files"
    if not source.named and is_translation(source.path):
        return "translations of a user interface"
    text = source.text
    if not source.named and (_BUNDLED.search(source.path) or _BUNDLED.match(text)):
        return "minified or bundled"
    if len(text) > LONG_LINE:
        wide = sum(len(line) for line in text.split("\n") if len(line) > LONG_LINE)
        if wide * 2 > len(text):
            return "minified or bundled"
    return ""
