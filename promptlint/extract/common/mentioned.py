"""Finds the paths and commands that an agent document speaks of, and what is loaded with it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import islice

from promptlint.extract.common.agentdocs import AgentDocument
from promptlint.model import Reference, Source, Span, Target

MAX_MENTIONS = 200
"""Paths and commands of one document that are looked up."""

_OF_THIS_PROJECT = ("agent instructions", "Copilot instructions", "an import of agent instructions")
_SKILL = re.compile(r"(?:\./)?(?:scripts|references?|assets)/")
_SUFFIX = (
    "md|mdx|txt|rst|py|pyi|ipynb|ts|tsx|js|jsx|mjs|cjs|json|jsonc|ya?ml|toml|ini|cfg|conf|config|sh|bash|go|rs|rb"
    "|java|kts?|swift|php|cs|cc?|cpp|hp?p?|sql|css|scss|html|vue|svelte|proto|tf|csv|tsv|j2|jinja2?|prisma|graphql|lock|xml|gradle"
)
_PATH = re.compile(rf"(?:\.{{1,2}}/)?(?:[\w.-]{{1,80}}/){{1,10}}[\w.-]{{1,100}}\.(?:{_SUFFIX})")
_PLAIN = re.compile(
    r"(?<![\w./:@<>{}$*-])(?:[a-z_][\w.-]{0,80}/){1,10}[\w-]{1,100}\.(?:md|py|sh|ya?ml|json|sql|txt)\b(?![/*}>-])"
)
_BARE = re.compile(r"[\w-]{3,80}\.(?:mdx?|ipynb|csv|tsv|sh|sql|proto)")
_USUAL = re.compile(
    r"(?:readme|changelog|contributing|license|agents?|claude|gemini|skill|notes?|todo|plan|spec|design|tasks?"
    r"|requirements|results?|report|output|summary|data|package|tsconfig|pyproject|cargo|poetry|uv|setup|config"
    r"|settings|docker-compose|compose|mkdocs|main|index|app|page|layout|route|types?|utils?|helpers?|models?"
    r"|views?|urls|admin|manage|conftest|server|client|schema|module|script|file\w*|test\w*|.*[._-](?:test|spec)"
    r"|__\w+__|pnpm-\w+|\w*[_-]?case|values|chart|memory|state|log\w*|input|sample\w*|demo)\.\w+",
    re.IGNORECASE,
)  # names that many projects have, or that are spoken of without one being meant
_FILE = re.compile(r"[\w-]{1,80}\.(?:py|sh|js|mjs|ts|rb)")
_CODE = re.compile(r"(?<!`)`(?P<code>[^`\n]{3,300})`(?!`)")
_LINK = re.compile(r"\]\((?P<path>[^()\s#:]{3,200})(?:#[^()\s]{0,80})?\)")
_IMPORT = re.compile(r"(?<!\S)@(?P<path>(?:\.{1,2}/)?[\w.-][\w./-]{0,200}\.(?:md|mdc|txt))\b(?!/)")
_FENCE = re.compile(
    r"^[ \t]*(?P<mark>```|~~~)[ \t]*(?P<lang>\w*)[^\n]*\n(?P<body>.*?)(?:^[ \t]*(?P=mark)|\Z)",
    re.MULTILINE | re.DOTALL,
)
_MARKED = re.compile(r"`[^`\n]*`|\]\([^()\n]*\)|https?://\S+|@\S+")
_INLINE = re.compile(r"`(?P<path>[\w./-]{3,200}\.md)`")
_SHELLS = frozenset({"", "sh", "bash", "shell", "zsh", "console"})
_RUNNER = re.compile(
    r"(?:\$[ ]+)?(?:uv[ ]run[ ]+|poetry[ ]run[ ]+)?"
    r"(?P<tool>python3?|bash|sh|node|pytest|ruby|source)[ ]+(?P<rest>[^\n]*)"
)
_MAKE = re.compile(r"(?:\$[ ]+)?make[ ]+(?P<target>[A-Za-z][\w.-]{0,60})(?=$|[ \t]|\n)(?P<more>[^\n]*)")
_JUST = re.compile(r"(?:\$[ ]+)?just[ ]+(?P<target>[a-z][\w-]{0,60})(?=$|[ \t]|\n)(?P<more>[^\n]*)")
_SCRIPT = re.compile(
    r"(?:\$[ ]+)?(?P<tool>npm|pnpm|yarn|bun)[ ]run[ ]+"
    r"(?P<target>[A-Za-z][\w:.-]{0,60})(?=$|[ \t]|\n)(?P<more>[^\n]*)"
)
_OTHER_PLACE = re.compile(r"[ ](?:-C|-f|--prefix|--filter|-w|--workspace|--dir|--cwd)\b|^cd[ ]|&&")
_MADE = re.compile(
    r"\b(?:creat\w+|writes?|written|generat\w+|sav(?:e|es|ed)|outputs?|produc\w+|add(?:s|ing)?|new|renam\w+|e\.g\."
    r"|for example"
    r"|for instance|such as|examples?|instead of|gitignored?|ignored|delet\w+|remov\w+|legacy|formerly"
    r"|no longer"
    r"|deprecated|optional\w*"
    r"|if[ ](?:it|they|present|there|one|you|any)|when[ ]present|does(?:n't| not) exist|like|named?"
    r"|would|could|might|hypothetical\w*|placeholder"
    r"|bad|wrong|good|in[ ]that[ ]repo\w*|(?:other|another|upstream)[ ]repo\w*|migrated|migrating"
    r"|moved|will|user's|users)\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:e\.g\.|for example|such as|examples?|no longer|deprecated|removed|legacy|new|your)\b",
    re.IGNORECASE,
)
_ABOVE = 3  # lines
_GOES_ON = re.compile(r"[ \t]*>?[ \t]*(?![-*+|#>]|\d+[.)])\S")
_NOT_HERE = re.compile(
    r"(?:^|/)(?:node_modules|dist|build|out|target|\.venv|venv|tmp|temp|coverage|logs?|\.git|\.next|path|foo|bar|baz|example|your|my|xxx"
    r"|__generated__|generated|gen)(?:/|$)|(?:^|[/_.-])(?:foo|bar|baz|my|your|xxx|example|name|filename|YYYY|NNN)(?:[/_.-]|$)|\.(?:com|org|io|dev|net)/|\.local\.|\.env|(?:^|/)\.{3}|(?:^|/)\.\w+/settings"
)


def mentions(source: Source, document: AgentDocument) -> Iterator[Reference]:
    """The paths and commands that a document takes to be there, each once, as they are spelt.

    Of a skill those below its own folder. Nothing of a line that speaks of files to be made, or of examples.
    """
    own = document.what in _OF_THIS_PROJECT
    if not own and document.leads != "links":
        return
    seen = set()
    for target, span in islice(_found(source.text), 4 * MAX_MENTIONS):
        if target in seen or not (own or _SKILL.match(target)):
            continue
        seen.add(target)
        if len(seen) > MAX_MENTIONS:
            return
        said = _ABOUT if " " in target else _MADE
        if not said.search(_line(source.text, span)):
            yield Reference(Target.MENTION, target, span)


def levels(source: Source, document: AgentDocument) -> Iterator[Reference]:
    """The documents that are loaded with this one: those of the same name above it, what it imports.

    The references of a skill are loaded after it: they are BELOW.
    """
    folder, name = posixpath.split(source.path)
    if document.what == "agent instructions":
        depth = len([step for step in folder.split("/") if step])
        for up in range(1, min(depth, 20) + 1):
            yield Reference(Target.ABOVE, "../" * up + name, Span(0, 0))
    kind = Target.BELOW if document.leads == "links" else Target.ABOVE
    pattern = _LINK if document.leads == "links" else _IMPORT
    if document.leads:
        text = _FENCE.sub(lambda match: " " * len(match.group()), source.text)
        seen = set()
        places = [*pattern.finditer(text), *(_INLINE.finditer(text) if kind is Target.BELOW else ())]
        for match in places[:MAX_MENTIONS]:
            target = match["path"]
            if target.endswith((".md", ".mdc", ".txt")) and target not in seen:
                seen.add(target)
                yield Reference(kind, target, Span(*match.span("path")))


def _found(text: str) -> Iterator[tuple[str, Span]]:
    blank = _FENCE.sub(lambda match: " " * len(match.group()), text)
    for match in _IMPORT.finditer(re.sub(r"`[^`\n]*`", lambda code: " " * len(code.group()), blank)):
        yield from _path(match["path"], match.start("path"))
    for match in _LINK.finditer(blank):
        yield from _path(match["path"], match.start("path"))
    for match in _CODE.finditer(blank):
        yield from _said(match["code"], match.start("code"))
    for match in _PLAIN.finditer(_MARKED.sub(lambda code: " " * len(code.group()), blank)):
        yield from _path(match.group(), match.start())
    for match in _FENCE.finditer(text):
        if match["lang"].lower() in _SHELLS:
            at = match.start("body")
            for line in match["body"].split("\n"):
                if len(line) <= 300:
                    lead = len(line) - len(line.lstrip())
                    yield from _command(line.strip(), at + lead)
                at += len(line) + 1


def _said(code: str, at: int) -> Iterator[tuple[str, Span]]:
    bare = code.strip()
    start = at + len(code) - len(code.lstrip())
    if " " in bare:
        yield from _command(bare, start)
    elif _BARE.fullmatch(bare) and not _USUAL.fullmatch(bare) and not _NOT_HERE.search(bare):
        yield bare, Span(start, start + len(bare))
    else:
        yield from _path(bare, start)


def _path(spelt: str, at: int) -> Iterator[tuple[str, Span]]:
    if _PATH.fullmatch(spelt) and not _NOT_HERE.search(spelt):
        yield spelt, Span(at, at + len(spelt))


def _command(line: str, at: int) -> Iterator[tuple[str, Span]]:
    if _OTHER_PLACE.search(line):
        return
    made = _MAKE.match(line)
    if made is not None and "=" not in made["target"]:
        yield f"make {made['target']}", Span(at + made.start("target") - 5, at + made.end("target"))
    just = _JUST.match(line)
    if just is not None:
        yield f"just {just['target']}", Span(at + just.start("target") - 5, at + just.end("target"))
    script = _SCRIPT.match(line)
    if script is not None:
        yield f"npm run {script['target']}", Span(at + script.start("tool"), at + script.end("target"))
    ran = _RUNNER.match(line)
    if ran is None:
        first = line.partition(" ")[0]
        if "/" in first:
            yield from _path(first, at)
        return
    start = at + ran.start("rest")
    for word in re.finditer(r"[^\s'\"]+", ran["rest"]):
        spelt = word.group().partition("::")[0]
        if spelt.startswith("-"):
            if spelt in ("-m", "-c"):
                return
            continue
        if (_PATH.fullmatch(spelt) or _FILE.fullmatch(spelt)) and not _NOT_HERE.search(spelt):
            yield spelt, Span(start + word.start(), start + word.start() + len(spelt))
        if ran["tool"] != "pytest":
            return


def _line(text: str, span: Span) -> str:
    """The line around a span, and those above it where it only goes on with them."""
    end = text.find("\n", span.end)
    start = text.rfind("\n", 0, span.start) + 1
    for _ in range(_ABOVE):
        above = text.rfind("\n", 0, max(0, start - 1)) + 1
        if not (_GOES_ON.match(text, start) and text[above:start].strip()):
            break
        start = above
    line = text[max(start, span.start - 300) : min(len(text) if end < 0 else end, span.end + 300)]
    return line.replace(text[span.start : span.end], " ")
