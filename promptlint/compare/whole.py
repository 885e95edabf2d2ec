"""Base against head: finds both sides, pairs their prompts, and makes the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from promptlint import __version__, config, costs, git, prices, run
from promptlint.changes import (
    SCHEMA_VERSION,
    Commit,
    Comparison,
    Findings,
    PromptChange,
    State,
    Status,
    Unread,
)
from promptlint.compare import contents, edits, findings, gone, matching, sides, sums
from promptlint.compare.sides import Side
from promptlint.config.load import absolute
from promptlint.errors import UsageError
from promptlint.extract import kind_of
from promptlint.guards import Run, guards
from promptlint.model import Finding, Load, PromptFacts
from promptlint.records import dataclass
from promptlint.store import Store
from promptlint.workspace import Request

FailOn = Literal["error", "warning", "never"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What to compare.

    `base` is a revision; the change begins where `head` (None: the files on disk) parted from it. `paths`
    narrows to files and folders. `request` says how to check: of it the options for config and cache count.
    """

    base: str
    head: str | None = None
    paths: tuple[Path, ...] = ()
    request: Request = Request()
    config_from: Literal["base", "head"] = "base"
    fail_on: FailOn = "warning"


@dataclass(frozen=True, slots=True)
class Compared:
    """The document, and what it was made from; `start` is the sha where the change begins."""

    comparison: Comparison
    root: Path
    start: str
    before: Side
    after: Side


def compared(asked: Asked) -> Compared:
    """Compare two states of the project that holds the working directory.

    Raises:
        UsageError: there is no repository, a revision or the base is not there, a path is on neither side.
        ConfigError: the configuration of the chosen side is wrong.
    """
    here = Path.cwd().resolve()
    if git.root(here) is None:
        raise UsageError(f"{here} is not in a git repository")
    base = git.commit(here, asked.base)
    head = None if asked.head is None else git.commit(here, asked.head)
    start = git.merge_base(here, base, head or git.commit(here, "HEAD"))
    request = replace(asked.request, paths=(here,), config_at=base if asked.config_from == "base" else head)
    root = run.workspace(request).root
    names = _names(asked.paths, root, start, head)
    before, after = both = sides.sides(request, start, head, names.compared)
    pairs = _pairs(before, after)
    prompts = gone.told(_changes(before, after, pairs.pairs), before, after)
    loosened = guards(
        root, before.space.store, after.space.store, names.differing, _run(names, prompts, after)
    )
    hidden = findings.Hidden(loosened, by_config=asked.config_from == "head")
    prompts = tuple(replace(item, findings=hidden.left(item.findings, item.path)) for item in prompts)
    comparison = Comparison(
        schema_version=SCHEMA_VERSION,
        promptlint=__version__,
        price_date=prices.snapshot_date(),
        generated_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        base=Commit(asked.base, start),
        head=Commit(asked.head or "", head or ""),
        verdict="error",
        fail_on=asked.fail_on,
        guards=loosened,
        prompts=prompts,
        findings=hidden.left(_about_files(before, after)),
        total=sums.total((), Findings((), ())),
        skipped=_skipped(both, names, pairs.unread),
        errors=_unread((fault.path, fault.message) for side in both for fault in side.outcome.result.errors),
    )
    comparison = replace(comparison, total=sums.total(comparison.prompts, comparison.findings))
    comparison = replace(comparison, verdict=sums.verdict(comparison))
    return Compared(comparison, root, start, before, after)


def _run(names: _Names, prompts: tuple[PromptChange, ...], after: Side) -> Run:
    """What the guards are told of the run."""
    file, result = after.request.config_file, after.outcome.result
    unread = {fault.path for fault in result.errors} | {each.path for each in after.findings.get("", ())}
    place = None if file is None else absolute(file)
    return Run(place, after.request.isolated, names.compared, prompts, frozenset(unread))


@dataclass(frozen=True, slots=True)
class _Names:
    """The files that differ: all, those to compare, and those that cannot be, as they are not checked out."""

    differing: frozenset[str]
    compared: frozenset[str]
    absent: frozenset[str]


def _names(paths: tuple[Path, ...], root: Path, start: str, head: str | None) -> _Names:
    differing = git.differing(root, start, head)
    absent = git.left_out(root, differing) if head is None else frozenset()
    stores = [sides.store(root, sha) for sha in (start, head)]
    asked = _narrowed(differing, paths, root, stores)
    readable = frozenset(name for name in asked & absent if kind_of(name) is not None)
    return _Names(differing - absent, asked - absent, readable)


def _narrowed(
    names: frozenset[str], paths: tuple[Path, ...], root: Path, stores: Iterable[Store]
) -> frozenset[str]:
    """The names at or below one of the paths, if there are any; links are not followed."""
    if not paths:
        return names
    wanted = []
    for path in paths:
        place = absolute(path)
        place = place if place.is_relative_to(root) else place.parent.resolve() / place.name
        if not place.is_relative_to(root):
            raise UsageError(f"{path} is outside {root}")
        if not any(store.exists(place) or store.card_files(place) is not None for store in stores):
            raise UsageError(f"{path}: no such file or folder, before or after")
        wanted.append(place.relative_to(root).as_posix())
    return frozenset(
        name for name in names for each in wanted if each in (".", name) or name.startswith(f"{each}/")
    )


# --- prompts --------------------------------------------------------------------------------


def _pairs(before: Side, after: Side) -> gone.Readable:
    """The prompts of both sides, paired, without those that cannot be read any more."""
    readers: dict[bool, sides.Reader] = {}

    def text(new: bool, name: str) -> str:
        side = after if new else before
        if new not in readers:
            readers[new] = sides.Reader(side, (item.path for item in side.facts.values()))
        prompt = readers[new].prompt(side.facts[name])
        return "" if prompt is None else prompt.text

    return gone.readable(matching.pairs(before.facts, after.facts, text), before, after)


def _changes(before: Side, after: Side, pairs: Iterable[matching.Pair]) -> Iterable[PromptChange]:
    pairs = tuple(pairs)
    found = edits.edits(before, after, pairs)
    for old_id, new_id in pairs:
        change = _change(before, after, (old_id, new_id), found.get(new_id or "", contents.Edited()))
        if change is not None:
            yield change


def _change(before: Side, after: Side, pair: matching.Pair, edit: contents.Edited) -> PromptChange | None:
    """What became of a prompt; None if nothing did."""
    old = None if pair[0] is None else before.facts[pair[0]]
    new = None if pair[1] is None else after.facts[pair[1]]
    first, second = _state(before, old), _state(after, new)
    found = _findings(before, after, old, new)
    status = _status(old, new)
    if status == "changed" and not (found.new or found.fixed) and _same(first, second):
        return None
    shown = new or old
    assert shown is not None
    return PromptChange(
        id=shown.id,
        path=shown.path,
        status=status,
        previous_id=old.id if old is not None and new is not None and old.id != new.id else None,
        edited=old is None or new is None or old.version != new.version,
        before=first,
        after=second,
        contract_losses=edit.losses,
        contract_gains=edit.gains,
        contract_moves=edit.moves,
        cache=edit.cache,
        findings=found,
    )


def _status(old: PromptFacts | None, new: PromptFacts | None) -> Status:
    if old is None or new is None:
        return "added" if old is None else "removed"
    return "changed" if old.id == new.id else "moved"


def _same(first: State | None, second: State | None) -> bool:
    """True if two states differ in nothing but their lines."""
    if first is None or second is None:
        return False
    return replace(first, line=1, end_line=1) == replace(second, line=1, end_line=1)


def _state(side: Side, facts: PromptFacts | None) -> State | None:
    if facts is None:
        return None
    settings = side.space.settings(side.space.root / facts.path, facts.path).config
    return State(
        id=facts.id,
        path=facts.path,
        line=facts.location.line,
        end_line=facts.location.end_line,
        version=facts.version,
        tokens=facts.tokens.high,
        slot_tokens=facts.tokens.slot_estimate,
        prefix_tokens=facts.prefix_tokens,
        tokenizer=facts.tokens.tokenizer,
        basis=facts.tokens.basis,
        error=facts.tokens.error,
        model=facts.model,
        model_basis=facts.model_basis,
        priced_as=facts.priced_as,
        usd_per_1000=facts.usd_per_1000,
        usd_month=costs.usd_month(facts.usd_per_1000, facts.calls_per_month),
        calls_per_month=facts.calls_per_month,
        cacheable_tokens=costs.cacheable_tokens(facts.prefix_tokens, facts.model),
        budget=config.budget_for(settings, facts.id),
        included=facts.load is Load.INCLUDED,
    )


# --- findings -------------------------------------------------------------------------------


def _findings(before: Side, after: Side, old: PromptFacts | None, new: PromptFacts | None) -> Findings:
    """The findings of a prompt that are on one side only; those of a removed prompt are nobody's merit."""
    if new is None:
        return Findings((), ())
    now = after.findings.get(new.id, ())
    if old is None:
        return findings.changed((), now, findings.by_fingerprint(None), findings.by_fingerprint(None))
    was: tuple[Finding, ...] = before.findings.get(old.id, ())
    if new.tokens.high > old.tokens.high:
        was = findings.without_budget(was, now)
        settings = after.space.settings(after.space.root / new.path, new.path)
        now = (*now, *findings.grown(old, new, settings.rules))
    if old.id == new.id:
        names = findings.by_fingerprint(old), findings.by_fingerprint(new)
    else:
        names = findings.by_text(old, before.text), findings.by_text(new, after.text)
    return findings.changed(was, now, *names)


def _about_files(before: Side, after: Side) -> Findings:
    name = findings.by_fingerprint(None)
    return findings.changed(before.findings.get("", ()), after.findings.get("", ()), name, name)


def _skipped(both: Iterable[Side], names: _Names, unread: Mapping[str, int]) -> tuple[Unread, ...]:
    """The files that were passed over, and the submodules that differ."""
    out = [(name, "not checked out here: compare with HEAD by name") for name in names.absent]
    modules = [item for side in both for item in sides.submodules(side, names.compared)]
    known = {path for path, _ in modules}
    skips = (skip for side in both for skip in side.outcome.result.skipped if skip.path not in known)
    found = (*modules, *out, *((skip.path, skip.reason) for skip in skips))
    return _unread(gone.reasons(unread, found))


def _unread(items: Iterable[tuple[str, str]]) -> tuple[Unread, ...]:
    return tuple(Unread(path, contents.shortened(reason)) for path, reason in sorted(set(items)))
