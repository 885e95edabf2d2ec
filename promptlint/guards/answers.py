"""Finds what a change adds to promptlint.ignore and to a baseline: findings that are answered by name."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from promptlint import baseline, sidecar
from promptlint.errors import ConfigError, UsageError
from promptlint.guards.sides import Draft, Sides, clipped, counted, listed, text, tidy
from promptlint.model import SourceKind
from promptlint.records import dataclass
from promptlint.store import Store

_DIGITS = 16  # of a fingerprint, with which a line begins
_TOPIC = "findings ignored by name"


@dataclass(frozen=True, slots=True)
class Answer:
    """An entry: the finding, its rule as the file has it, the file that the finding is in, and a reason."""

    fingerprint: str
    code: str
    path: str
    reason: str = ""


def ignored(sides: Sides) -> Iterator[Draft]:
    """What promptlint.ignore has now and had not."""
    file = sides.root / sidecar.NAME
    if not sides.differs(file):
        return
    try:
        new = _ignored(sides, sides.after)
    except ConfigError as error:
        yield _unread(sides, file, error)
        return
    try:
        old = _ignored(sides, sides.before)
    except ConfigError:
        old = []
    added = _added(Counter(old), Counter(new), sides)
    lines = {each[:_DIGITS]: at for at, each in enumerate(text(sides.after, file).splitlines(), 1)}
    for answer in added:
        line = lines.get(answer.fingerprint)
        reason = f": {clipped(answer.reason)}" if answer.reason else ", with no reason"
        detail = f"{clipped(answer.code)} in `{clipped(answer.path)}` is ignored by name{reason}"
        yield Draft("suppression", sidecar.NAME, line, detail, _TOPIC, answer.code)


def baselined(sides: Sides, old: Path | None, new: Path) -> Iterator[Draft]:
    """What the baseline `new` holds that the baseline `old` did not."""
    if old == new and not sides.differs(new):
        return
    try:
        after = _baselined(sides.after, new)
    except (ConfigError, UsageError) as error:
        yield _unread(sides, new, error)
        return
    try:
        before = Counter[Answer]() if old is None else _baselined(sides.before, old)
    except (ConfigError, UsageError):
        before = Counter()
    added = _added(before, after, sides)
    if added:
        codes: Counter[str] = Counter()
        for answer, count in added.items():
            codes[answer.code] += count
        detail = f"{counted(codes.total(), 'finding')} more: {listed(codes)}"
        yield Draft("baseline", sides.shown(new), None, detail, "baselines")


def _unread(sides: Sides, file: Path, error: object) -> Draft:
    detail = tidy(str(error).removeprefix(f"{file}: "), sides.root)
    return Draft("config", sides.shown(file), None, f"cannot be read: {detail}", "files that cannot be read")


def _ignored(sides: Sides, store: Store) -> list[Answer]:
    found = dict.fromkeys(sidecar.read_sidecar(sides.root, store))
    return [Answer(each.fingerprint, each.code, each.path, each.reason) for each in found]


def _baselined(store: Store, path: Path) -> Counter[Answer]:
    """The entries of a baseline; it is read twice, because what is read of it has no codes."""
    counts = baseline.read(path, store).counts
    entries = json.loads(store.read(path, path.name, SourceKind.JSON).text.removeprefix("\ufeff"))["findings"]
    found: Counter[Answer] = Counter()
    for fingerprint, count in counts.items():
        prompt = entries[fingerprint]["prompt"]
        found[Answer(fingerprint, entries[fingerprint]["code"], prompt.partition("::")[0])] = count
    return found


def _added(before: Mapping[Answer, int], after: Mapping[Answer, int], sides: Sides) -> dict[Answer, int]:
    """The findings that only `after` answers; those of a file that is gone make room for others like them."""
    old, new = _by_fingerprint(before), _by_fingerprint(after)
    room: Counter[str] = Counter()
    for answer, count in before.items():
        left = count - new.get(answer.fingerprint, 0)
        if left > 0 and not sides.after.exists(sides.root / answer.path):
            room[answer.code] += left
    added = {}
    for answer, count in after.items():
        more = count - old.get(answer.fingerprint, 0)
        moved = max(0, min(more, room[answer.code]))
        room[answer.code] -= moved
        if more - moved > 0:
            added[answer] = more - moved
    return added


def _by_fingerprint(answers: Mapping[Answer, int]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for answer, count in answers.items():
        found[answer.fingerprint] += count
    return found
