"""Finds the comments by which a change suppresses findings that were not suppressed."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from promptlint import comments, discover, files
from promptlint.config import Config, Configs
from promptlint.errors import ConfigError, SourceError
from promptlint.extract import JUDGED, Options, extract, kind_of
from promptlint.guards.reading import configs_of
from promptlint.guards.sides import Draft, Sides, clipped, listed
from promptlint.model import Source, SourceKind
from promptlint.records import dataclass
from promptlint.store import Store
from promptlint.suppress import suppressions

_AHEAD = 500
"""Files of a commit that are read at once."""

_MARK = comments.MARK.encode()


@dataclass(frozen=True, slots=True)
class Said:
    """One code of one comment; `near` is the line that the comment stands on, and the next."""

    path: str
    line: int
    code: str
    whole_file: bool
    reason: str
    near: tuple[str, ...]


def added(sides: Sides) -> Iterator[Draft]:
    """The comments that are there only after the change; one that moved is none."""
    names = sorted(sides.names if sides.run.asked is None else sides.run.asked)
    try:
        configs = configs_of(sides, sides.before)
        old, new = (list(_said(names, sides, store, configs)) for store in sides.both)
    except (ConfigError, RecursionError):  # the base is wrong as it is: then its excludes say nothing
        configs = Configs(sides.root, Config(sides.root))
        old, new = (list(_said(names, sides, store, configs)) for store in sides.both)
    by_comment: dict[tuple[str, int, bool, str], list[str]] = {}
    for each in _unmatched([item for item in old if isinstance(item, Said)], new):
        if isinstance(each, Draft):
            yield each
        else:
            key = (each.path, each.line, each.whole_file, each.reason)
            by_comment.setdefault(key, []).append(each.code)
    for (path, line, whole_file, reason), codes in by_comment.items():
        what = "in the whole file" if whole_file else "in a comment"
        why = f": {clipped(reason)}" if reason else ", with no reason"
        detail = f"{listed(codes)} ignored {what}{why}"
        topic = "comments that suppress findings"
        yield Draft("suppression", path, line, detail, topic, ", ".join(codes))


# --- what is there and was not ----------------------------------------------------------------


_SAME: tuple[Callable[[Said], object], ...] = (
    lambda said: (said.path, said.code, said.whole_file, said.near, said.reason),
    lambda said: (said.path, said.code, said.whole_file, said.near),
    lambda said: (said.path, said.code, said.whole_file, said.reason),
    lambda said: (said.path, said.code, said.whole_file),
    lambda said: (said.code, said.whole_file, said.near),
    lambda said: (said.code, said.whole_file),
)
"""What makes two comments one that moved or was reworded, the most telling first."""


def _unmatched(old: Sequence[Said], new: Sequence[Said | Draft]) -> list[Said | Draft]:
    whole = {(said.path, said.code) for said in old if said.whole_file}
    left: list[Said | Draft] = [
        each
        for each in new
        if isinstance(each, Draft) or each.whole_file or (each.path, each.code) not in whole
    ]
    for key in _SAME:
        room = Counter(key(said) for said in old)
        taken: Counter[object] = Counter()
        still: list[Said | Draft] = []
        for each in left:
            if isinstance(each, Said) and taken[key(each)] < room[key(each)]:
                taken[key(each)] += 1
            else:
                still.append(each)
        old, left = _without(old, taken, key), still
    return left


def _without(old: Sequence[Said], taken: Counter[object], key: Callable[[Said], object]) -> list[Said]:
    still = []
    for said in old:
        if taken[key(said)] > 0:
            taken[key(said)] -= 1
        else:
            still.append(said)
    return still


# --- reading ----------------------------------------------------------------------------------


def _said(names: Sequence[str], sides: Sides, store: Store, configs: Configs) -> Iterator[Said | Draft]:
    scope = discover.Scope(sides.root, lambda shown: kind_of(shown) is not None, configs)
    found = discover.among(names, scope, store).files
    for index, item in enumerate(found):
        if index % _AHEAD == 0:
            store.ahead(each.path for each in found[index : index + _AHEAD])
        try:
            data = store.data(item.path, files.MAX_BYTES)
        except (OSError, ValueError):
            continue
        if _MARK in data:
            jinja = configs.for_file(item.path).jinja
            options = Options() if jinja is None else Options(jinja=jinja)
            yield from _in_file(data, item, options)


def _in_file(data: bytes, item: discover.Candidate, options: Options) -> Iterator[Said | Draft]:
    kind = kind_of(item.display) or SourceKind.TEXT
    try:
        source = files.decode(data, item.display, kind, item.named or kind in JUDGED)
        yield from list(_in_source(source, options))
    except SourceError:
        return
    except Exception as error:  # a bug on one file must not hide what a change does in the others
        detail = f"cannot be searched for suppressions: {type(error).__name__}"
        yield Draft("suppression", item.display, None, detail, "files that cannot be searched")


def _in_source(source: Source, options: Options) -> Iterator[Said]:
    lines = source.text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    for found in suppressions(source, extract(source, options).prompts):
        line = bisect_right(starts, found.span.start)
        near = tuple(each.strip() for each in lines[line - 1 : line + 1])
        for code in found.codes:
            yield Said(source.path, line, code, found.whole_file, found.reason, near)
