"""Reads, writes and applies promptlint-baseline.json: the findings that were there before anybody looked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import field
from pathlib import Path

from promptlint.errors import ConfigError, SourceError, UsageError
from promptlint.files import write as write_file
from promptlint.model import Finding, SourceKind
from promptlint.records import dataclass
from promptlint.store import DISK, Store

NAME = "promptlint-baseline.json"
SCHEMA_VERSION = 1

_FINGERPRINT = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Baseline:
    """How often each fingerprint was found when the baseline was written."""

    counts: Mapping[str, int] = field(default_factory=dict)


def write(path: Path, findings: Iterable[Finding]) -> int:
    """Write the baseline of `findings`, sorted, one line each; return how many there are.

    Raises:
        UsageError: the file cannot be written.
    """
    import json

    every = list(findings)
    counts = Counter(finding.fingerprint for finding in every)
    by_fingerprint = {finding.fingerprint: finding for finding in every}
    lines = [
        f"    {json.dumps(key)}: "
        + json.dumps({"code": item.code, "prompt": item.prompt or item.path, "count": counts[key]})
        for key, item in sorted(by_fingerprint.items())
    ]
    body = "{\n" + ",\n".join(lines) + "\n  }" if lines else "{}"
    text = f'{{\n  "schema_version": {SCHEMA_VERSION},\n  "findings": {body}\n}}\n'
    try:
        write_file(path, text, None)
    except SourceError as error:
        raise UsageError(f"{path}: {error}") from error
    return len(every)


def read(path: Path, store: Store = DISK) -> Baseline:
    """Read a baseline.

    Raises:
        UsageError: there is no such file.
        ConfigError: it is not a baseline; the message names the place.
    """
    import json

    if not store.exists(path):
        raise UsageError(f"{path}: no such baseline; make one with --write-baseline")
    try:
        document = json.loads(store.read(path, path.name, SourceKind.JSON).text.removeprefix("\ufeff"))
    except SourceError as error:
        raise ConfigError(f"{path}: {error}") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: nested too deeply") from error
    except ValueError as error:
        raise ConfigError(f"{path}: not JSON: {error}") from error
    return Baseline(_counts(document, path))


def apply(findings: Iterable[Finding], baseline: Baseline) -> tuple[tuple[Finding, ...], int]:
    """The findings that the baseline does not hold, and how many it does.

    What is found more often than the baseline says is kept from there on.
    """
    left = dict(baseline.counts)
    kept = []
    total = 0
    for finding in findings:
        if left.get(finding.fingerprint, 0) > 0:
            left[finding.fingerprint] -= 1
            total += 1
        else:
            kept.append(finding)
    return tuple(kept), total


def _counts(document: object, path: Path) -> dict[str, int]:
    if not isinstance(document, dict) or type(document.get("schema_version")) is not int:
        raise ConfigError(f"{path}: `schema_version`: expected a whole number")
    if document["schema_version"] != SCHEMA_VERSION:
        raise ConfigError(
            f"{path}: `schema_version`: this promptlint reads {SCHEMA_VERSION}, "
            f"the file has {document['schema_version']}"
        )
    entries = document.get("findings")
    if not isinstance(entries, dict):
        raise ConfigError(f"{path}: `findings`: expected an object")
    return {key: _count(key, entry, path) for key, entry in entries.items()}


def _count(key: str, entry: object, path: Path) -> int:
    where = f"{path}: `findings.{key}`"
    if not _FINGERPRINT.fullmatch(key):
        raise ConfigError(f"{where}: expected a fingerprint of 16 hex digits")
    if not isinstance(entry, dict):
        raise ConfigError(f"{where}: expected an object")
    for name in ("code", "prompt"):
        if not isinstance(entry.get(name), str):
            raise ConfigError(f"{where}.{name}: expected a string")
    count = entry.get("count")
    if type(count) is not int or count < 1:
        raise ConfigError(f"{where}.count: expected a whole number from 1")
    return count
