"""Which findings are new and which are gone, whatever lines they have moved to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from promptlint import budgets, sidecar
from promptlint.cards import Rule
from promptlint.changes import Findings, Guard, Note
from promptlint.checks import token_growth
from promptlint.compare.contents import shortened
from promptlint.identity import fingerprint
from promptlint.model import Finding, PromptFacts, Severity, Span
from promptlint.records import dataclass

Name = Callable[[Finding], object]


def changed(before: Sequence[Finding], after: Sequence[Finding], old: Name, new: Name) -> Findings:
    """The findings of one side only.

    Args:
        before: those of one prompt, or of no prompt.
        after: those of the same on the other side.
        old: what makes a finding of `before` the same as one of `after`.
        new: the same for one of `after`.
    """
    come = _only(after, [old(item) for item in before], new)
    gone = _only(before, [new(item) for item in after], old)
    return Findings(new=_notes(_without_twins(come, gone)), fixed=_notes(_without_twins(gone, come)))


def _without_twins(findings: list[Finding], others: list[Finding]) -> list[Finding]:
    """Without infos of a rule that the other side has as well: a remark on a text follows its every edit."""
    room = Counter(item.code for item in others if item.severity is Severity.INFO)
    found = []
    for item in findings:
        if item.severity is Severity.INFO and room[item.code] > 0:
            room[item.code] -= 1
        else:
            found.append(item)
    return found


def without_budget(before: Sequence[Finding], after: Sequence[Finding]) -> tuple[Finding, ...]:
    """`before` of a prompt that has grown: more over a set budget is new, as for `promptlint budget`."""
    over = any(item.code == budgets.CODE and item.severity > Severity.INFO for item in after)
    return tuple(item for item in before if not (over and item.code == budgets.CODE))


def grown(old: PromptFacts, new: PromptFacts, rules: Iterable[Rule]) -> Iterator[Finding]:
    """That a prompt has grown by more than a rule allows: one finding a rule, of the whole prompt."""
    for rule in rules:
        if not isinstance(rule.params, token_growth.Params):
            continue
        percent = token_growth.growth(old.tokens.high, new.tokens.high, rule.params)
        if percent:
            counted = f"{new.tokens.high:,} tokens, {old.tokens.high:,} before ({new.tokens.basis.value})"
            yield Finding(
                code=rule.card.code,
                name=rule.card.name,
                severity=rule.severity,
                message=f"the prompt grows by {percent:,} %: {counted}",
                path=new.path,
                span=Span(0, 0),
                location=new.location,
                fingerprint=fingerprint(rule.card.code, new.id, new.version, 0),
                prompt=new.id,
            )


@dataclass(frozen=True, slots=True)
class Hidden:
    """What hides findings: the guards of a change, and whether its own configuration holds (`by_config`)."""

    guards: tuple[Guard, ...]
    by_config: bool

    def left(self, found: Findings, path: str = "") -> Findings:
        """The findings without those that are gone because they are hidden; `path` is the file's now."""
        return Findings(found.new, tuple(note for note in found.fixed if not self._hides(note, path)))

    def _hides(self, note: Note, path: str) -> bool:
        return any(self._reaches(item, {note.path, path}) and _names(item, note.code) for item in self.guards)

    def _reaches(self, guard: Guard, paths: set[str]) -> bool:
        if guard.kind in ("ignore", "baseline"):
            return self.by_config
        if guard.kind != "suppression":
            return False
        if guard.path == sidecar.NAME:
            named = any(f"`{each}`" in guard.detail for each in paths)
            return self.by_config and (named or " is ignored by name" not in guard.detail)
        return guard.path in paths


def _names(guard: Guard, code: str) -> bool:
    """True if a guard names a rule, or so many that not all are listed."""
    return re.search(rf"(?<!\w){re.escape(code)}(?!\w)| and [\d,]+ more", guard.detail) is not None


def by_fingerprint(facts: PromptFacts | None) -> Name:
    """A finding is named by its fingerprint; one about the whole prompt, by its rule alone."""

    def name(finding: Finding) -> object:
        whole = facts is not None and finding.location == facts.location
        return finding.code if whole else finding.fingerprint

    return name


def by_text(facts: PromptFacts, text: Callable[[Finding], str]) -> Name:
    """For a prompt whose id has changed, and so all fingerprints: by the rule and what it points at."""

    def name(finding: Finding) -> object:
        whole = finding.location == facts.location
        return finding.code if whole else (finding.code, " ".join(text(finding).split()))

    return name


def _only(findings: Iterable[Finding], others: list[object], name: Name) -> list[Finding]:
    left = Counter(others)
    found = []
    for finding in findings:
        key = name(finding)
        if left[key] > 0:
            left[key] -= 1
        else:
            found.append(finding)
    return found


def _notes(findings: Iterable[Finding]) -> tuple[Note, ...]:
    return tuple(_note(item) for item in sorted(findings, key=_rank))


def _rank(finding: Finding) -> tuple[int, float, int, str, int]:
    saving = finding.saving
    usd = saving.usd_per_1000[1] if saving and saving.usd_per_1000 else 0.0
    tokens = saving.input_tokens if saving else 0
    return -finding.severity, -usd, -tokens, finding.path, finding.span.start


_SEVERITIES: dict[Severity, str] = {item: item.name.lower() for item in Severity}


def _note(finding: Finding) -> Note:
    saving, fix, place = finding.saving, finding.fix, finding.location
    return Note(
        code=finding.code,
        name=finding.name,
        severity=_SEVERITIES[finding.severity],  # type: ignore[arg-type]  # its three names
        message=shortened(finding.message),
        prompt=finding.prompt,
        path=finding.path,
        line=place.line,
        column=place.column,
        end_line=place.end_line,
        end_column=place.end_column,
        fingerprint=finding.fingerprint,
        saving_tokens=saving.input_tokens if saving else 0,
        usd_per_1000=saving.usd_per_1000 if saving else None,
        usd_month=saving.usd_month if saving else None,
        basis=saving.basis if saving else None,
        fix=fix.safety.name.lower() if fix else None,  # type: ignore[arg-type]  # its three names
    )
