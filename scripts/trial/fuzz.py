"""Fuzzes the extractors, the template splitters and the codecs with atheris; goes on after a fault.

Usage: python scripts/trial/fuzz.py [--seconds 600] [--kind python ...] [--out FOLDER]. atheris is no
dependency of ours: `make fuzz` puts it into an environment of its own, `pip install atheris` into any other.

Inputs are the files of fixtures/ and a text of each format that they have not, changed by mutations that know
what containers and template languages are made of. Of each input: it is extracted without an error, every
TEXT run reads back by the container's own parser, every edit of a word that is proven reads back too, and
each template language splits it into parts that tile it, or says where it is broken. Inputs with a fault are
kept in FOLDER; the exit code is 1 if there is one.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from promptlint.model import Passed, Problem, Source, SourceKind

ROOT = Path(__file__).parents[2]
SUFFIXES: dict[SourceKind, str] = {
    SourceKind.TEXT: ".txt",
    SourceKind.MARKDOWN: ".md",
    SourceKind.JINJA: ".prompt",
    SourceKind.YAML: ".yaml",
    SourceKind.JSON: ".json",
    SourceKind.JSONL: ".jsonl",
    SourceKind.PYTHON: ".py",
    SourceKind.NOTEBOOK: ".ipynb",
    SourceKind.JAVASCRIPT: ".js",
    SourceKind.TYPESCRIPT: ".ts",
    SourceKind.POML: ".poml",
    SourceKind.BAML: ".baml",
}
KINDS = tuple(SUFFIXES)
SYNTAXES = ("none", "format", "percent", "dollar", "mustache", "jinja")
LARGEST = 6000
SLOW = 20.0
"""Seconds for one input, coverage being counted: more is a fault."""

_SYSTEM = "You sort the mail of {shop}.\\nBe quick, and never open a parcel."
_EXTRA: dict[SourceKind, str] = {
    SourceKind.JSONL: f'{{"messages": [{{"role": "system", "content": "{_SYSTEM}"}}]}}\n' * 2,
    SourceKind.NOTEBOOK: '{"cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "source": '
    f'["SYSTEM_PROMPT = \\"\\"\\"\\\\\\n", "{_SYSTEM}\\"\\"\\"\\n"]}}], "metadata": {{}}, "nbformat": 4}}',
    SourceKind.TYPESCRIPT: f"const SYSTEM_PROMPT = `{_SYSTEM} ${{mail}}`;\nask({{ system: SYSTEM_PROMPT }})",
    SourceKind.JAVASCRIPT: f"const x = [{{ role: 'system', content: '{_SYSTEM}' }}];\n",
    SourceKind.POML: "<poml><role>You sort mail &amp; {{x}}.</role><task>Be quick.</task></poml>\n",
    SourceKind.BAML: 'function F(x: string) -> T {\n  client "openai/gpt-4o"\n  prompt #"\n'
    '    {{ _.role("user") }}\n    You sort {{ x }}.\n  "#\n}\n',
}
_WORDS = r"""
" ' {t} {u} ` \ \\ \n \' \" \r\n \u00e9 \ud83d\udc19 \ud800 \x41 \0 \u{41} \N{DASH} r' f' f{t} rf'
b' + .format(x=1) { } {{ }} {x} {{x}} {x!r:>{w}} {{{ }}} % %% %s %(x)s $ $$ ${x} {% %} {# #} {%raw%}
{%endraw%} {%if(x)%} {%-else-%} {%endif%} {%for(a)in(b)%} {{#if}} {{else}} {{/if}} {{!a}} {{!-- --}}
{{>x}} {{&x}} {{~x~}} --- ... - : : | ? &a *a <<: !!str # , [ ] system: user: <message> </message>
<role> <!-- --> &amp; &#x41; <![CDATA[ ]]> messages role system content prompt instructions template
SYSTEM_PROMPT= ( ) () #" "# ## // /* */ lambda: dedent( '-'.join([ await +=
""".replace("{t}", '"""').replace("{u}", "'''")
_SPACES = (
    "\n",
    "\r\n",
    "\r",
    "\t",
    "  ",
    " ",
    "\ufeff",
    "\u2028",
    "\x85",
    "\x00",
    "\x0c",
    "\u0301",
    "é",
    "🐙",
)
_PHRASES = (
    ": |\n",
    ": >-\n",
    ": |2+\n",
    "\\\n",
    "# system:\n",
    "{{ x }}",
    "{% set x = 1 %}",
    " % x",
    "\nx += ",
)
_TOKENS = (*_WORDS.split(), *_SPACES, *_SPACES, *_PHRASES, '{{role "system"}}', " if x else ")


# --- one input ------------------------------------------------------------------------------


@dataclass(slots=True)
class Kept:
    """The faults that were found, one for each place in the code."""

    folder: Path
    places: set[str] = field(default_factory=set)

    def keep(self, place: str, told: str, kind: SourceKind, text: str) -> None:
        """Write an input down if its fault is new."""
        if place in self.places:
            return
        self.places.add(place)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{kind.value}-{len(self.places)}{SUFFIXES[kind]}"
        path.write_text(text, encoding="utf-8", newline="")
        print(f"\nFAULT {path}: {told}", file=sys.stderr, flush=True)


def decoded(data: bytes) -> tuple[SourceKind, str]:
    """An input: the first byte says the format, the rest is the text."""
    return KINDS[data[0] % len(KINDS) if data else 0], data[1:].decode("utf-8", "ignore")


def faults(kind: SourceKind, text: str) -> Iterator[tuple[str, str]]:
    """What is wrong with what promptlint makes of an input: the place in the code, and a sentence."""
    from trees import limit

    laws = (("extract", _extracted), ("split", _split))
    for name, law in laws:
        try:
            with limit(SLOW):
                for told in law(kind, text):
                    yield f"{name} {kind.value} {' '.join(told.split()[-8:-1])[:40]}", told
        except Exception as error:  # a crash is what we look for
            frames = [
                each for each in traceback.extract_tb(error.__traceback__) if "promptlint" in each.filename
            ]
            last = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(last.filename).name}:{last.lineno}"
            yield f"{type(error).__name__} {place}", f"{type(error).__name__}: {str(error)[:200]} ({place})"


def _extracted(kind: SourceKind, text: str) -> Iterator[str]:
    from probe import probe
    from readback import read_back

    from promptlint.extract import extract

    source = Source(f"prompts/system_prompt{SUFFIXES[kind]}", text, kind, named=len(text) % 2 == 0)
    found = extract(source)
    said: list[Problem | Passed] = [*found.problems, *found.passed]
    for each in said:
        if each.span.end > len(text):
            yield f"a place outside of the file: {each}"
    wrong = read_back(source, found.prompts).wrong
    yield from wrong
    if not wrong and found.prompts:
        yield from probe(source, found.prompts).wrong


def _split(kind: SourceKind, text: str) -> Iterator[str]:
    from promptlint import templates

    for syntax in SYNTAXES:
        try:
            parts = templates.split(text, syntax)
            templates.variables(text, syntax)
        except templates.TemplateError as error:
            if not 0 <= error.position <= len(text):
                yield f"{syntax}: broken at {error.position} of {len(text)}"
            continue
        at = 0
        for part in parts:
            if part.start != at:
                yield f"{syntax}: the parts do not tile at {at}"
            if part.verbatim and part.text != text[part.start : part.end]:
                yield f"{syntax}: a verbatim part is not its source at {at}"
            at = part.end
        if at != len(text):
            yield f"{syntax}: the parts end at {at} of {len(text)}"


# --- inputs ---------------------------------------------------------------------------------


def seeds(kinds: tuple[SourceKind, ...]) -> Iterator[bytes]:
    """The fixtures, and a text of each format, as inputs."""
    from promptlint.extract import kind_of

    for kind in kinds:
        if kind in _EXTRA:
            yield bytes([KINDS.index(kind)]) + _EXTRA[kind].encode()
    for path in sorted((ROOT / "fixtures").rglob("*")):
        kind_found = kind_of(path.name) if path.is_file() and ".expected." not in path.name else None
        if kind_found in kinds and kind_found is not None and path.stat().st_size < LARGEST:
            yield bytes([KINDS.index(kind_found)]) + path.read_bytes()


def mutated(text: str, others: list[str], chance: random.Random) -> str:
    """The text with one to four changes."""
    for _ in range(chance.randint(1, 4)):
        text = chance.choice(_MUTATIONS)(text, others, chance)
    return text[:LARGEST]


def _put(text: str, others: list[str], chance: random.Random) -> str:
    at = chance.randint(0, len(text))
    return text[:at] + chance.choice(_TOKENS) + text[at:]


def _swap(text: str, others: list[str], chance: random.Random) -> str:
    """A token in the place of one of the text."""
    token = chance.choice(_TOKENS)
    at = text.find(token, chance.randint(0, len(text)))
    return text if at < 0 else text[:at] + chance.choice(_TOKENS) + text[at + len(token) :]


def _drop(text: str, others: list[str], chance: random.Random) -> str:
    low = chance.randint(0, len(text))
    return text[:low] + text[low + chance.choice((1, 1, 2, 5, 40)) :]


def _double(text: str, others: list[str], chance: random.Random) -> str:
    low = chance.randint(0, len(text))
    part = text[low : low + chance.choice((1, 3, 20, 200))]
    return text[:low] + part * chance.choice((2, 2, 3, 50 if len(part) < 5 else 2)) + text[low + len(part) :]


def _line(text: str, others: list[str], chance: random.Random) -> str:
    """A line moved, doubled or indented."""
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    line = lines.pop(at) if chance.random() < 0.5 else lines[at]
    lines.insert(chance.randint(0, len(lines)), chance.choice(("", " ", "    ", "\t", "# ")) + line)
    return "\n".join(lines)


def _splice(text: str, others: list[str], chance: random.Random) -> str:
    other = chance.choice(others)
    low = chance.randint(0, len(other))
    at = chance.randint(0, len(text))
    return text[:at] + other[low : low + chance.choice((5, 50, 500))] + text[at:]


def _newlines(text: str, others: list[str], chance: random.Random) -> str:
    return text.replace("\n", chance.choice(("\r\n", "\r", "\n\n")))


_MUTATIONS = (_put, _put, _put, _swap, _swap, _drop, _double, _line, _splice, _newlines)


# --- running --------------------------------------------------------------------------------


def main() -> None:
    """Fuzz for some time."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--kind", nargs="*", default=[kind.value for kind in KINDS], metavar="KIND")
    parser.add_argument("--out", type=Path, default=Path("fuzz-faults"), help="where faults are kept")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    try:
        import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]  # not of our environment
    except ImportError:
        raise SystemExit("atheris is not installed here: `make fuzz`, or pip install atheris") from None
    with atheris.instrument_imports(include=["promptlint"]):
        _load_everything()
    _fuzz(atheris, options)


def _load_everything() -> None:
    """All modules that a run would load later, so that they are instrumented."""
    import importlib
    import pkgutil

    import promptlint

    for name in ("extract", "templates", "syntax", "proof", "codecs", "locate"):
        module = importlib.import_module(f"promptlint.{name}")
        for each in pkgutil.walk_packages(getattr(module, "__path__", []), f"promptlint.{name}."):
            importlib.import_module(each.name)
    assert promptlint


def _fuzz(atheris: object, options: argparse.Namespace) -> None:
    kinds = tuple(SourceKind(kind) for kind in options.kind)
    kept = Kept(options.out)
    corpus = options.out / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    inputs = list(seeds(kinds))
    for number, data in enumerate(inputs):
        (corpus / f"seed-{number}").write_bytes(data)
    others = [decoded(data)[1] for data in inputs]
    allowed = [KINDS.index(kind) for kind in kinds]
    end = time.monotonic() + options.seconds
    ran = [0]

    def one(data: bytes) -> None:
        kind, text = decoded(data)
        if kind in kinds:
            for place, told in faults(kind, text):
                kept.keep(place, told, kind, text)
        ran[0] += 1
        if time.monotonic() > end:
            print(f"\n{ran[0]} inputs, {len(kept.places)} faults", file=sys.stderr, flush=True)
            os._exit(bool(kept.places))  # libFuzzer does not return

    def mutate(data: bytes, largest: int, seed: int) -> bytes:
        chance = random.Random(seed)
        kind, text = decoded(data)
        first = KINDS.index(kind) if kind in kinds else chance.choice(allowed)
        return (bytes([first]) + mutated(text, others, chance).encode())[:largest]

    arguments = [sys.argv[0], f"-max_len={4 * LARGEST}", "-timeout=60", "-rss_limit_mb=4096"]
    arguments += [f"-seed={options.seed}", str(corpus)]
    atheris.Setup(arguments, one, custom_mutator=mutate)  # type: ignore[attr-defined]  # has no types
    atheris.Fuzz()  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
