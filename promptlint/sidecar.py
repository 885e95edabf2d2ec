"""Reads and writes promptlint.ignore: findings answered by fingerprint, where a comment would be sent.

One finding a line: `<fingerprint> <CODE> <prompt id or path>  # reason`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from promptlint.errors import ConfigError, SourceError, UsageError
from promptlint.files import write
from promptlint.model import Finding, SourceKind
from promptlint.records import dataclass
from promptlint.store import DISK, Store

NAME = "promptlint.ignore"

_LINE = re.compile(
    r"(?P<fingerprint>[0-9a-f]{16})\s+(?P<code>[^\s#]+)\s+(?P<target>\S.*?)(?:(?<!\s)\s+#(?:\s+(?P<reason>.*))?)?"
)
_HEADER = "# Findings that promptlint leaves out: <fingerprint> <CODE> <prompt id or path>  # reason"


@dataclass(frozen=True, slots=True)
class Ignored:
    """One line of the file; `target` is a prompt id, or the path of a finding about the file itself."""

    fingerprint: str
    code: str
    target: str
    reason: str = ""

    @property
    def path(self) -> str:
        """The file that the finding is in."""
        return self.target.partition("::")[0]


def read_sidecar(root: Path, store: Store = DISK) -> tuple[Ignored, ...]:
    """The entries of the promptlint.ignore in `root`, in order; none if there is no such file.

    Raises:
        ConfigError: the file cannot be read, or a line is not an entry; the message has its number.
    """
    return tuple(_parsed(root, store)[1])


def read_ignored(root: Path, store: Store = DISK) -> frozenset[str]:
    """The fingerprints in the promptlint.ignore of `root`; see `read_sidecar`."""
    return frozenset(entry.fingerprint for entry in read_sidecar(root, store))


def add_ignored(root: Path, findings: Iterable[Finding], reason: str = "") -> int:
    """Add findings to the promptlint.ignore of `root`, sorted; how many were new. Twice is as good as once.

    Raises:
        ConfigError: the file is wrong as it is.
        UsageError: it cannot be written, or a name cannot be put on one line.
    """
    comments, entries = _parsed(root, DISK)
    by_key = {(entry.fingerprint, entry.code): entry for entry in entries}
    before = len(by_key)
    for finding in findings:
        entry = Ignored(finding.fingerprint, finding.code, finding.prompt or finding.path, _one_line(reason))
        match = _LINE.fullmatch(_spelt(entry))
        if match is None or match["target"] != entry.target or len(entry.target.splitlines()) > 1:
            raise UsageError(f"{NAME}: cannot hold {entry.target!r}")
        by_key.setdefault((entry.fingerprint, entry.code), entry)
    if len(by_key) > before:
        ordered = sorted(by_key.values(), key=lambda item: (item.target, item.code, item.fingerprint))
        lines = [*(comments or [_HEADER]), *(_spelt(entry) for entry in ordered)]
        try:
            write(root / NAME, "\n".join(lines) + "\n", None)
        except SourceError as error:
            raise UsageError(f"{NAME}: {error}") from error
    return len(by_key) - before


def _parsed(root: Path, store: Store) -> tuple[list[str], list[Ignored]]:
    """The whole-line comments, and the entries."""
    file = root / NAME
    if not store.exists(file):
        return [], []
    try:
        text = store.read(file, NAME, SourceKind.TEXT).text
    except SourceError as error:
        raise ConfigError(f"{file}: {error}") from error
    comments, entries = [], []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        match = _LINE.fullmatch(line.strip())
        if match is not None:
            found = match.groupdict(default="")
            entries.append(
                Ignored(found["fingerprint"], found["code"], found["target"], found["reason"].strip())
            )
        elif line.lstrip().startswith("#"):
            comments.append(line.rstrip())
        elif line.strip():
            raise ConfigError(
                f"{file}:{number}: expected `<fingerprint> <CODE> <prompt id or path>  # reason`"
            )
    return comments, entries


def _spelt(entry: Ignored) -> str:
    line = f"{entry.fingerprint} {entry.code} {entry.target}"
    return f"{line}  # {entry.reason}" if entry.reason else line


def _one_line(reason: str) -> str:
    return " ".join(reason.split())
