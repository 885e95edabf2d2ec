"""Finds the prompts in Python source (constants, call arguments, chat messages); runs nothing of it."""

from __future__ import annotations

import re

from promptlint.extract.common import evidence, openings
from promptlint.extract.python.build import build
from promptlint.extract.python.find.frameworks import imports_framework
from promptlint.extract.python.find.loose import holds_prompts
from promptlint.extract.python.find.schemas import sends_schemas
from promptlint.extract.python.module import parse
from promptlint.model import Extraction, Problem, Source

__all__ = ["extract", "worth_parsing"]

# Words that a prompt's name has, each with what must follow it; all is searched in lower case.
# The counts are bounded: a word repeated for a megabyte must not be read from each of its places to its end.
_TEXT = r"(?:[rbuf]{0,2}[\"']|[(\[\\]|[\w.]{1,99}\(|[\w.]{1,99} (?:if|or|\+|%) |not )"
_BOUND = re.compile(rf"\w{{0,60}}\s{{0,20}}(?::[^=\n]{{1,60}})?\+?=(?!=)\s{{0,99}}{_TEXT}")
_GIVEN = re.compile(r"\s{0,20}=(?!=)")
_LITERAL = re.compile(r"\s{0,20}=\s{0,99}[rbuf]{0,2}[\"'(]")
_FORMATTED = re.compile(r"\w{0,60}\.format(?:_map)?\(")
_MADE = re.compile(r"(?:template)?(?:config)?\(\s{0,99}(?:\w{1,30}\s{0,9}=\s{0,9})?[rbuf]{0,2}[\"'(]")
_SAID = re.compile(r"\s{0,9}=\s{0,40}\(?\s{0,40}[rbuf]{0,2}[\"'](?:[\"']{2}|\w[^\"'\n]{30})")
_IMPORTED = re.compile(r"s?\s{1,20}import\s")
_EVIDENCE = (
    ("prompt", _BOUND),
    ("prompt", _FORMATTED),
    ("prompt", _IMPORTED),
    ("prompt", _MADE),
    ("content", _SAID),
    ("instruction", _BOUND),
    ("template", _BOUND),
    ("tmpl", _BOUND),
    ("system", _BOUND),
    ("system", _GIVEN),
    ("instructions", _GIVEN),
    ("system_prompt", _GIVEN),
    ("system_message", _GIVEN),
    ("input", _LITERAL),
)
_LARGE = 300_000  # code points
_NAMED = re.compile(
    r"^[ \t]{0,40}\w{0,60}(?:PROMPT|INSTRUCTIONS?|SYSTEM_MESSAGE)\w{0,60}\s{0,20}=\s{0,99}[(\"'frbFRB]",
    re.MULTILINE | re.IGNORECASE,
)
_PASSES_ON = re.compile(
    r"^from[ \t]+[\w.]{1,200}[ \t]+import\b(?:[^\n]*(?:\*|[A-Z]{3}|[pP]rompt)|[ \t]*\()", re.MULTILINE
)
_MARKS = (
    *('"role"', "'role'", '("human"', "('human'", "systemmessage(", "humanmessage("),
    *('role="system', "role='system", 'role="user', "role='user"),
    *('"input_schema"', "'input_schema'", '"inputschema"', "'inputschema'", '"toolspec"', "'toolspec'"),
    '"inputtext"',
)
_PAIRS = (
    *(('"description"', '"parameters"'), ("'description'", "'parameters'"), ('"description"', '"function"')),
    *(("prompt={", "variables"), ("prompt", "max_gen_len"), ("prompt", "max_tokens_to_sample")),
)


def worth_parsing(data: str) -> bool:
    """False for most files that cannot hold a prompt; needs no parser.

    True for an import of a framework, a quoted key `role` and its like, a prompt-like name or argument
    that is given what may be text, and words that only prompts open with. A name or an argument is not enough
    for a large file: it is generated, and costs seconds.
    """
    if imports_framework(data) or sends_schemas(data):
        return True
    data = data.lower()
    if evidence.marked(data, _MARKS):
        return True
    if len(data) > _LARGE:
        return False
    if any(one in data and other in data for one, other in _PAIRS):
        return True
    return evidence.follows(data, _EVIDENCE)


def extract(source: Source) -> Extraction:
    """The prompts of a Python file; a problem SRC002 if it is no Python, but looks like prompts.

    Raises:
        RecursionError: the file is nested too deeply.
        MemoryError: likewise.
    """
    passes_on = source.path.endswith("__init__.py") and _PASSES_ON.search(source.text)
    known = source.named or source.context.uses or passes_on
    if not known and not worth_parsing(source.text) and not holds_prompts(source.path):
        return Extraction(reason="nothing in it looks like a prompt")
    module = parse(source)
    if isinstance(module, Problem):
        likely = source.named or holds_prompts(source.path) or _NAMED.search(source.text)
        if not likely and not openings.tells(source.text):
            return Extraction(reason="does not parse, but nothing in it looks like a prompt")
        return Extraction(problems=(module,), reason="does not parse")
    found, references = build(module)
    reason = "constants, arguments and messages" if found else "no prompt found"
    return Extraction(found, reason=reason, references=references)
