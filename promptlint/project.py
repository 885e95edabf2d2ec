"""What the files of a project say of those in a run, the files outside of the run included."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path

from promptlint import git, links
from promptlint.discover import DEFAULT_EXCLUDES
from promptlint.errors import SourceError
from promptlint.extract import Options, extract, kind_of
from promptlint.mentions import Listing
from promptlint.model import Context, FileResult, Reference, Source, SourceKind
from promptlint.records import dataclass
from promptlint.store import DISK, Store

MAX_ASKED = 300
"""Files outside of a run that are read for what they say of those in it."""

MAX_LISTED = 50_000
"""Files of a project that are listed, to see whether one that is mentioned is there."""

_ASKED = (
    *(".py", ".ipynb", ".ts", ".tsx", ".js", ".mjs", ".jsx", ".yaml", ".yml", ".json", ".j2", ".jinja"),
    *(".jinja2", ".prompt", ".prompty", ".poml", ".md"),
)
_GENERAL = frozenset(
    {"AGENTS.md", "CLAUDE.md", "GEMINI.md", "README.md", "SKILL.md", "copilot-instructions.md"}
)
_IMPORT = r"^[ \t]*(?:from|import)\b[^\n]*\b{stem}\b|^[ \t]+{stem}[ \t]*(?:,|as\b|\)|$)"


@dataclass(slots=True)
class Tree:
    """The files below `root`, read when they are asked for, each once.

    `sources` are files that are not to be read from the `store` (standard input), `results` those of the run;
    `options` gives how a file is to be read.
    """

    root: Path
    sources: Mapping[str, Source]
    results: Mapping[str, FileResult]
    options: Callable[[str], Options]
    store: Store = DISK
    _read: dict[str, Source | None] = field(default_factory=dict)
    _said: dict[str, tuple[Reference, ...]] = field(default_factory=dict)
    _listings: list[Listing | None] = field(default_factory=list)

    def exists(self, path: str) -> bool:
        """True for a file of the project; one behind a link that leads out of it is none."""
        if path in self.results:
            return True
        if "\0" in path:
            return False
        real = self.store.resolved(self.root / path)
        return real.is_relative_to(self.store.resolved(self.root)) and self.store.is_file(real)

    def listing(self) -> Listing | None:
        """All files of the project, None if there are too many to be listed; looked for once."""
        if not self._listings:
            names = self.store.names(self.root, MAX_LISTED)
            known = None if names is None else Listing(names | frozenset(self.results), self.text)
            self._listings.append(known)
        return self._listings[0]

    def source(self, path: str) -> Source | None:
        """The file as it is, None if there is none or it is no text."""
        if path in self.sources:
            return self.sources[path]
        if path not in self._read:
            self._read[path] = None
            if self.exists(path):
                try:
                    kind = kind_of(path) or SourceKind.TEXT
                    self._read[path] = self.store.read(self.root / path, path, kind)
                except SourceError:
                    pass
        return self._read[path]

    def text(self, path: str) -> str | None:
        """The text of `source`."""
        source = self.source(path)
        return None if source is None else source.text

    def references(self, path: str) -> tuple[Reference, ...]:
        """What a file says of others; one that a run does not take for a prompt may be part of one."""
        result = self.results.get(path)
        if result is not None and (result.references or result.prompts):
            return result.references
        if path not in self._said:
            source = self.source(path)
            self._said[path] = () if source is None else self._extracted(source)
        return self._said[path]

    def _extracted(self, source: Source) -> tuple[Reference, ...]:
        try:
            return extract(replace(source, named=True), self.options(source.path)).references
        except Exception:  # a bug on one file must not end a run in which it is not even checked
            return ()


def contexts(tree: Tree, whole: bool) -> dict[str, Context]:
    """The contexts of the files of a run.

    Args:
        tree: with the sources and first results of the run.
        whole: the run is of the whole project, so that no file outside of it can say anything of it.
    """
    asked = [path for path, result in tree.results.items() if result.references]
    if not whole:
        asked += _outside(tree)
    return {path: context for path, context in _found(tree, asked).items() if path in tree.results}


def related(tree: Tree) -> frozenset[str]:
    """Files outside of a run that may be seen otherwise because of those in it.

    Those that the files of the run say something of, and those that include one of these or need it to be
    there.
    """
    asked = [path for path, result in tree.results.items() if result.references]
    asked += (path for path in _outside(tree) if any(item.required for item in tree.references(path)))
    found = _found(tree, asked)
    spoken = {use.path for path in tree.results if path in found for use in found[path].uses}
    return frozenset({*found, *spoken.intersection(asked)}.difference(tree.results))


def _found(tree: Tree, asked: list[str]) -> dict[str, Context]:
    """What the references of some files say, by the file of which they do."""
    if not asked:
        return {}
    project = links.Project(frozenset(tree.results), tree.references, tree.text, tree.exists, tree.listing)
    return links.contexts(asked, project)


def _outside(tree: Tree) -> Iterator[str]:
    """Files outside of the run that may speak of files in it."""
    if git.root(tree.root) is None:
        return
    stems = {_stem(path) for path, result in tree.results.items() if path.endswith(".py") and result.prompts}
    names = {path.rpartition("/")[2] for path in tree.results if not path.endswith(".py")} - _GENERAL
    imports = re.compile(_IMPORT.format(stem=f"(?:{'|'.join(map(re.escape, sorted(stems)))})"), re.MULTILINE)
    count = 0
    hits = tree.store.grep(tree.root, sorted(stems | names), _ASKED)
    tree.store.ahead(tree.root / path for path in hits)
    for path in hits:
        if path in tree.results or not DEFAULT_EXCLUDES.isdisjoint(path.split("/")):
            continue
        text = tree.text(path)
        if text is None or not (any(name in text for name in names) or (stems and imports.search(text))):
            continue
        count += 1
        if count > MAX_ASKED:
            return
        yield path


def _stem(path: str) -> str:
    """The last name of the module that a Python file is."""
    folder, _, name = path.rpartition("/")
    return folder.rpartition("/")[2] if name == "__init__.py" else name.removesuffix(".py")
