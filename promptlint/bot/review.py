"""Suggestions as comments at lines: each once, the outdated ones removed unless somebody has answered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from promptlint import markdown, rulebook
from promptlint.bot import marker
from promptlint.bot.host import Host, Remark
from promptlint.bot.target import Kind
from promptlint.model import Finding
from promptlint.records import dataclass
from promptlint.reporting import RuleInfo, first_sentence, saving_words
from promptlint.style import plural, visible
from promptlint.suggest import MOST, Apart, Suggested, Suggestion, worth

GITLAB_LINES = 100
"""Lines above its own that a suggestion of GitLab may replace."""

_TOLD = 5
"""Findings of one suggestion that are told, the others are counted."""


@dataclass(frozen=True, slots=True)
class Drafts:
    """The remarks that are wanted, dearest first; how many there would be more, and what is not suggested."""

    wanted: tuple[Remark, ...] = ()
    left: int = 0
    apart: tuple[Apart, ...] = ()


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was done (of a dry run: would be); `refused` remarks with the host's reasons."""

    added: int = 0
    kept: int = 0
    removed: int = 0
    refused: tuple[tuple[Remark, str], ...] = ()


# --- wording --------------------------------------------------------------------------------


def drafts(suggested: Suggested, suite: str, kind: Kind, prefix: str = "") -> Drafts:
    """Suggestions as remarks.

    Args:
        suggested: for files as promptlint shows them.
        suite: that the remarks belong to.
        kind: of host, which decides how a suggestion is spelt.
        prefix: what comes before these paths in the repository: empty, or it ends in a slash.
    """
    fit, apart = [], list(suggested.apart)
    for item in suggested.suggestions:
        if reason := _unfit(item, kind):
            apart += [Apart(finding, reason) for finding in item.findings]
        else:
            fit.append(item)
    fit.sort(key=lambda item: (-worth(item.findings), item.path, item.first))
    wanted = tuple(
        Remark(
            path=prefix + item.path,
            start_line=item.first,
            line=item.last,
            body=marker.signed(_body(item, kind), suite, fingerprint(item)),
        )
        for item in fit[:MOST]
    )
    return Drafts(wanted, len(fit) - len(wanted) + suggested.more, tuple(apart))


def fingerprint(suggestion: Suggestion) -> str:
    """16 hex digits that name a suggestion, whatever lines it moves to."""
    names = sorted(finding.fingerprint for finding in suggestion.findings)
    parts = ("1", suggestion.path, *names, "", *suggestion.old, "\0", *suggestion.lines)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def notes(found: Drafts, reviewed: Reviewed) -> str:
    """What the summary says of fixes that no suggestion shows, as Markdown; empty if there are none."""
    lines = [
        f"- {markdown.code(f'{remark.path}:{remark.line}')}: the host took no suggestion here\n"
        for remark, _ in reviewed.refused[:_TOLD]
    ]
    more = len(reviewed.refused) - len(lines)
    counts = ((more, "suggestion", "that the host did not take"), (found.left, "suggestion", "not shown"))
    lines += [f"- {plural(count, noun)} more {what}\n" for count, noun, what in counts if count]
    if found.apart:
        fixes = plural(len(found.apart), "safe fix", "safe fixes")
        lines.append(f"- {fixes} in the changed files outside of what can be suggested: `promptlint fix`\n")
    return f"\n**Fixes not suggested at lines**\n\n{''.join(lines)}" if lines else ""


def _unfit(item: Suggestion, kind: Kind) -> str:
    if kind != "gitlab":
        return ""
    if item.last - item.first > GITLAB_LINES:
        return "it replaces more lines than a suggestion of GitLab may"
    return "GitLab may take a line of it for a command" if markdown.is_command(_text(item)) else ""


def _text(item: Suggestion) -> str:
    return "".join(f"{line}\n" for line in item.lines)


def _body(item: Suggestion, kind: Kind) -> str:
    known = rulebook.infos()
    words = [_told(finding, known) for finding in item.findings[:_TOLD]]
    if more := len(item.findings) - len(words):
        words.append(f"and {plural(more, 'finding')} more.")
    above = f":-{item.last - item.first}+0" if kind == "gitlab" else ""
    return "  \n".join(words) + "\n\n" + markdown.block(_text(item), f"suggestion{above}")


def _told(finding: Finding, known: Mapping[str, RuleInfo]) -> str:
    """One line: what is wrong, why it matters, what the fix saves."""
    parts = [f"{markdown.code(finding.code)} {markdown.code(finding.message, 300)}."]
    if finding.code in known and (why := first_sentence(known[finding.code].why)):
        parts.append(markdown.plain(visible(why)))
    if finding.saving is not None:
        parts.append(markdown.plain(f"Saves {saving_words(finding.saving)}."))
    return " ".join(parts)


# --- at the host ----------------------------------------------------------------------------


def review(host: Host, sha: str, suite: str, wanted: Sequence[Remark], dry: bool = False) -> Reviewed:
    """Leave the wanted remarks at commit `sha`, and no others of this suite that nobody has answered.

    Raises:
        HostError: the host does not do what was asked.
    """
    missing, kept, idle = _sorted_out(host.remarks(), suite, wanted)
    if dry:
        return Reviewed(len(missing), len(kept), len(idle))
    refused = host.remark(sha, tuple(missing)) if missing else ()
    for remark in idle:
        host.unremark(remark)
    if missing:  # another run may have added the same meanwhile
        _, _, doubles = _sorted_out(host.remarks(), suite, wanted)
        for remark in doubles:
            host.unremark(remark)
    return Reviewed(len(missing) - len(refused), len(kept), len(idle), refused)


def _sorted_out(
    there: Iterable[Remark], suite: str, wanted: Sequence[Remark]
) -> tuple[list[Remark], list[Remark], list[Remark]]:
    """The remarks that are missing, those that stay, and those that are to be removed."""
    names = {marker.sign(remark.body, suite): remark for remark in wanted}
    kept: dict[str, Remark] = {}
    idle = []
    found = [(marker.sign(remark.body, suite), remark) for remark in there]
    found = [pair for pair in found if pair[0]]
    for name, remark in sorted(found, key=lambda pair: not pair[1].answered):  # stable: else the oldest first
        fits = name in names and name not in kept
        if fits and (remark.answered or not remark.outdated):
            kept[name] = remark
        elif not remark.answered:
            idle.append(remark)
    missing = [remark for name, remark in names.items() if name not in kept]
    return missing, list(kept.values()), idle
