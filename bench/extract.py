"""Measures what finding prompts adds to parsing: extraction beside the parsers' own parse of the same files.

Usage: python bench/extract.py [--runs 5] [--files 100] [--path TREE]. Without --path it makes its own texts.
Everything runs in this process, one kind of file after the other, in the same run. The base of a kind is a
parser that reads the whole file: libcst for Python, libyaml, json, Jinja's, tree-sitter; beside it others,
for comparison. "with prompts" are the files that hold prompts, "all" are all files of that kind.
"""

from __future__ import annotations

import argparse
import ast
import gc
import json
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import jinja2
import libcst
import tree_sitter
import tree_sitter_typescript
import yaml

sys.path.insert(0, str(Path(__file__).parent))
from corpus import write_formats

from promptlint import config, discover, files
from promptlint.errors import SourceError
from promptlint.extract import extract, kind_of
from promptlint.model import Source, SourceKind

TARGET = 3.0
"""Extraction takes at most this many times its base."""

_JINJA = jinja2.Environment(extensions=("jinja2.ext.do", "jinja2.ext.loopcontrols"))
_SCRIPT = tree_sitter.Parser(tree_sitter.Language(tree_sitter_typescript.language_tsx()))
_UNREADABLE = (SyntaxError, ValueError, RecursionError, yaml.YAMLError, jinja2.TemplateError)


@dataclass(frozen=True)
class Row:
    """Seconds for all files of a kind: promptlint's extraction, and each base."""

    name: str
    files: int
    megabytes: float
    ours: float
    bases: dict[str, float]

    @property
    def ratio(self) -> float | None:
        """Extraction over the first base; None if there is none."""
        base = next(iter(self.bases.values()), 0.0)
        return self.ours / base if base else None

    def plus(self, other: Row, name: str) -> Row:
        """Both sets of files as one."""
        bases = {base: taken + other.bases[base] for base, taken in self.bases.items()}
        return Row(
            name, self.files + other.files, self.megabytes + other.megabytes, self.ours + other.ours, bases
        )


def _yaml(loader: type[yaml.CSafeLoader | yaml.SafeLoader]) -> Callable[[str], object]:
    return lambda text: list(yaml.compose_all(text.removeprefix("\ufeff"), Loader=loader))


def _notebook(text: str) -> object:
    """What any reader of a notebook's code does: the JSON, and the code of each cell."""
    book = json.loads(text)
    cells = [each for each in book.get("cells", ()) if each.get("cell_type") == "code"]
    return [_quiet("".join(each["source"])) for each in cells]


def _quiet(code: str) -> object:
    try:
        return libcst.parse_module(code)
    except libcst.ParserSyntaxError:
        return None


BASES: dict[SourceKind, dict[str, Callable[[str], object]]] = {
    SourceKind.PYTHON: {"libcst": _quiet, "ast": ast.parse},
    SourceKind.YAML: {"libyaml compose": _yaml(yaml.CSafeLoader), "PyYAML compose": _yaml(yaml.SafeLoader)},
    SourceKind.JSON: {"json": json.loads},
    SourceKind.JSONL: {"json": lambda text: [json.loads(each) for each in text.splitlines() if each.strip()]},
    SourceKind.NOTEBOOK: {"json + libcst": _notebook, "json": json.loads},
    SourceKind.JINJA: {"jinja2 parse": _JINJA.parse},
    SourceKind.TYPESCRIPT: {"tree-sitter": lambda text: _SCRIPT.parse(text.encode())},
    SourceKind.JAVASCRIPT: {"tree-sitter": lambda text: _SCRIPT.parse(text.encode())},
}
"""By kind of file, the parsers it is held against; the first gives the ratio."""


def seconds(function: Callable[[], object], runs: int) -> float:
    """The median of `runs` runs in processor time, after one that warms up."""
    taken = []
    for number in range(runs + 1):
        start = time.process_time()
        function()
        if number:
            taken.append(time.process_time() - start)
    return statistics.median(taken)


def _each(function: Callable[[str], object], sources: Sequence[Source]) -> Callable[[], object]:
    def all_of_them() -> None:
        for source in sources:
            with suppress(*_UNREADABLE):
                function(source.text)

    return all_of_them


def row(name: str, sources: Sequence[Source], runs: int, bases: dict[str, Callable[[str], object]]) -> Row:
    """Measure one set of files."""
    size = sum(len(source.text.encode()) for source in sources) / 1e6
    ours = seconds(lambda: [extract(source) for source in sources], runs)
    taken = {base: seconds(_each(parse, sources), runs) for base, parse in bases.items()}
    return Row(name, len(sources), size, ours, taken)


def read(root: Path) -> list[Source]:
    """All files below `root` that promptlint reads."""
    scope = discover.Scope(
        root, lambda shown: kind_of(shown) is not None, config.Configs(root, config.Config(root))
    )
    found = []
    for item in discover.discover([root], scope).files:
        kind = kind_of(item.display)
        try:
            found.append(files.read(item.path, item.display, kind or SourceKind.TEXT))
        except SourceError:
            continue
    return found


def measured(root: Path, runs: int) -> list[Row]:
    """Rows for each kind of file of which one holds a prompt."""
    rows = []
    sources = read(root)
    holding = {source.path for source in sources if extract(source).prompts}
    for kind in SourceKind:
        of_kind = [source for source in sources if source.kind is kind]
        held = [source for source in of_kind if source.path in holding]
        others = [source for source in of_kind if source.path not in holding]
        bases = BASES.get(kind, {})
        if not held or not bases:
            continue
        rows.append(row(f"{kind.value} with prompts", held, runs, bases))
        if others:
            rest = row(f"{kind.value} without", others, max(1, runs // 2), bases)
            rows += [rest, rows[-1].plus(rest, f"{kind.value}, all")]
    return rows


def report(rows: Sequence[Row], title: str) -> str:
    """The table."""
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {sys.version.split()[0]}; {title}",
        "",
        "| files | number | MB | extraction | base | x base | target |",
        "|---|--:|--:|--:|---|--:|---|",
    ]
    for each in rows:
        bases = ", ".join(
            f"{name} {taken * 1000:.1f} ms (x {each.ours / taken:.1f})" for name, taken in each.bases.items()
        )
        ratio = each.ratio or 0.0
        target = f"{'ok' if ratio <= TARGET else 'MISSED'} {TARGET:g} x"
        size = f"{each.files} | {each.megabytes:.2f}"
        lines.append(
            f"| {each.name} | {size} | {each.ours * 1000:.1f} ms | {bases} | {ratio:.2f} | {target} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--files", type=int, default=100, help="of each kind, when no path is given")
    parser.add_argument("--path", type=Path, help="measure the files of this checkout")
    options = parser.parse_args()
    gc.disable()  # as the command line does
    warnings.simplefilter("ignore")  # of escapes in string literals that Python does not know
    if options.path is not None:
        print(report(measured(options.path.resolve(), options.runs), options.path.name))
        return
    with tempfile.TemporaryDirectory() as folder:
        write_formats(Path(folder), options.files, 2000)
        rows = measured(Path(folder).resolve(), options.runs)
    print(report(rows, f"{options.files} files of each kind"))


if __name__ == "__main__":
    main()
