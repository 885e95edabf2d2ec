"""The comment on a pull request: what a change does to prompts, in the Markdown of GitHub and GitLab."""

from __future__ import annotations

from promptlint import sections
from promptlint.changes import Comparison
from promptlint.deltas import standing
from promptlint.records import dataclass
from promptlint.report.comment import prompts, results, top
from promptlint.verdicts import EvalVerdict, Verdicts

GITHUB_LIMIT = 65_536
"""Characters of one comment on GitHub; here taken for bytes of UTF-8, which are never fewer."""

GITLAB_LIMIT = 1_000_000

MIN_LIMIT = 2_000
"""The least in which a comment can say that it was cut."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to write the comment.

    Args:
        limit: its length in bytes of UTF-8; at least MIN_LIMIT.
        verdicts: results of evals and routing, if there are any.
        on_base: those of recorded answers whose recording stands on the base; no other of a recording counts.
        foreign: whether the numbers are those of the request's own workflow, and were not made here.
        claim: what the request's own workflow says of the change, if it says otherwise; a sentence.
    """

    limit: int = GITHUB_LIMIT
    verdicts: Verdicts | None = None
    on_base: frozenset[EvalVerdict] = frozenset()
    foreign: bool = False
    claim: str = ""


DEFAULTS = Options()


def render(comparison: Comparison, options: Options = DEFAULTS) -> str:
    """The Markdown of the comment, without a marker line; ends with a newline.

    Names and texts from prompts stand in code, so that nothing in them acts. Where the limit asks for it,
    whole rows go, the least important first, and are counted; what the change loosens stands first and goes
    last.
    """
    if options.limit < MIN_LIMIT:
        raise ValueError(f"a comment needs {MIN_LIMIT:,} bytes, not {options.limit:,}")
    found = options.verdicts
    measured = found is not None and bool(found.evals or found.routes)
    if standing(comparison) == "unchanged" and not measured:
        return top.unchanged(comparison, options.foreign, options.claim)
    parts = [
        top.guards(comparison),
        top.alert(comparison, found, options.on_base),
        top.claim(options.claim),
        top.errors(comparison),
        prompts.table(comparison.prompts),
        *(results.parts(found, options.on_base) if found is not None else ()),
        prompts.details(comparison.prompts, options.limit),
        prompts.files(comparison.findings),
        top.skipped(comparison),
        top.grounds(comparison),
        top.footer(comparison, found, options.foreign),
    ]
    text = sections.lay_out([part for part in parts if part is not None], options.limit)
    return text.rstrip("\n") + "\n"
