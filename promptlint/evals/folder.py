"""The files that a suite may name: below one root, read as data only."""

from __future__ import annotations

import json
from pathlib import Path

from promptlint.evals.values import Origin, Value, origin, parsed, text_of
from promptlint.records import dataclass

_SCHEME = "file://"
_CODE = frozenset({".py", ".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".rb", ".go", ".sh", ".exe"})
_DATA = frozenset({".json", ".yaml", ".yml"})
_TEXTS = frozenset({".txt", ".md", ""})


@dataclass(frozen=True, slots=True)
class Folder:
    """Where a suite lies, and the root below which it may read; both without symbolic links."""

    root: Path
    base: Path

    def shown(self, path: Path) -> str:
        """What a file is called in messages."""
        return path.relative_to(self.root).as_posix()

    def path(self, name: str, at: Value) -> Path:
        """The file of a name, with or without `file://`, relative to the suite's folder.

        Raises:
            SuiteError: it is an address, is no file, or lies outside of the root.
        """
        bare = name.removeprefix(_SCHEME)
        if "://" in bare or "\0" in bare:
            at.fail(f"{name!r} is an address; nothing is fetched")
        found = self._within(self.base / bare)
        if found is None:
            at.fail(f"{name!r} lies outside of {self.root.name or '/'}, below which the suite may read")
        if not found.is_file():
            at.fail(f"{name!r} is no file")
        return found

    def paths(self, name: str, at: Value) -> list[Path]:
        """The files of a name with `*`, sorted; of one without, the one file. See `path`."""
        bare = name.removeprefix(_SCHEME)
        if "*" not in bare or "://" in bare:
            return [self.path(name, at)]
        if ".." in Path(bare).parts or Path(bare).is_absolute():
            at.fail(f"{name!r}: a pattern may not lead out of the suite's folder")
        try:
            found = sorted(self.base.glob(bare))
        except (ValueError, NotImplementedError) as error:
            at.fail(f"{name!r} is no pattern of files: {error}")
        inside = [path for each in found if (path := self._within(each)) and path.is_file()]
        return inside or at.fail(f"{name!r} matches no file")

    def _within(self, path: Path) -> Path | None:
        """The path without links; None if it leaves the root, or the links go round in a circle."""
        try:
            found = path.resolve()
        except (OSError, RuntimeError):
            return None
        return found if found.is_relative_to(self.root) else None

    def text(self, path: Path) -> tuple[str, Origin]:
        """The text of a file below the root, and where it comes from."""
        shown = self.shown(path)
        text = text_of(path, shown)
        return text, origin(shown, text)

    def tree(self, name: str, at: Value) -> Value:
        """What a file of YAML or JSON says, with its own lines.

        Raises:
            SuiteError: it is neither, or empty; see also `path`.
        """
        path = self.path(name, at)
        if path.suffix not in _DATA:
            at.fail(f"expected a file of YAML or JSON, found {name!r}")
        text, where = self.text(path)
        return parsed(text, where, path.suffix == ".json") or at.fail(f"{name!r} is empty")

    def data(self, name: str, at: Value) -> object:
        """What a file says: a text without white space around it, or the value of YAML or JSON.

        Raises:
            SuiteError: it is none of these; see also `path`.
        """
        return self._said(self.path(name, at), at)

    def variables(self, name: str, at: Value) -> list[str]:
        """The texts of the files that a var names; data are spelt as JSON."""
        said = [self._said(path, at) for path in self.paths(name, at)]
        return [item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in said]

    def _said(self, path: Path, at: Value) -> object:
        if not is_readable(path.name):
            at.fail(f"expected a file of text, YAML or JSON, found {path.name!r}")
        text, where = self.text(path)
        if path.suffix in _TEXTS:
            return text.strip()
        found = parsed(text, where, path.suffix == ".json")
        return found.plain() if found else None


def is_readable(name: str) -> bool:
    """True for the name of a file of text or data."""
    return Path(name).suffix in _DATA | _TEXTS


def is_file(text: object) -> bool:
    """True for a value that names a file."""
    return isinstance(text, str) and text.startswith(_SCHEME)


def is_code(text: str) -> bool:
    """True for the name of a file, or of a function in one, that would have to be run."""
    bare = text.removeprefix(_SCHEME)
    return text.startswith("package:") or any(
        Path(part).suffix.lower() in _CODE for part in (bare, bare.rpartition(":")[0])
    )
