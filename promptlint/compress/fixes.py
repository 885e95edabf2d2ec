"""Takes the fixes of a prompt's findings as proposals, so that an eval suite can gate them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from promptlint import fix, lint, run, vet
from promptlint.compress.files import Found
from promptlint.compress.proposal import Proposal, Tier
from promptlint.errors import UsageError
from promptlint.evals.folder import Folder
from promptlint.evals.model import Suite
from promptlint.model import Safety
from promptlint.run import Request


def target(given: Request, suite: Suite, folder: Folder) -> str:
    """The prompt whose fixes are wanted, as `PATH[::ID]`: the one that is named, else the suite's.

    Raises:
        UsageError: several are named, or another input than a file.
    """
    if given.stdin is not None or given.base is not None or len(given.paths) > 1:
        raise UsageError("with --suite the prompt is one PATH[::ID], or left out: then it is the suite's")
    if given.paths:
        return str(given.paths[0])
    named = suite.prompt.id if suite.prompt else None
    if named is None:
        raise UsageError(f"{suite.path}: the suite names no file with a prompt: say PATH[::ID]")
    name, mark, anchor = named.partition("::")
    home = next((home for home in (folder.base, folder.root) if (home / name).is_file()), folder.root)
    return f"{home / name}{mark}{anchor}"


def proposals(
    found: Found, given: Request, least: Safety, codes: Collection[str] = ()
) -> tuple[Proposal, ...]:
    """The fixes of the findings in one prompt that touch no other, by place.

    Args:
        found: the prompt, with its file.
        given: which rules are run, and by which configuration.
        least: only fixes as safe as that.
        codes: only fixes of these rules; empty: of all.

    Raises:
        ConfigError: a config file or rule code is wrong.
    """
    source = found.file.source
    space = run.workspace(replace(given, paths=(found.path,)))
    examined = lint.examine(source, space.settings(found.path, source.path))
    return tuple(_of(found.ground.prompt.id, vet.compatible(fix.wanted(examined, least, codes))))


def _of(prompt: str, items: tuple[fix.Item, ...]) -> Iterator[Proposal]:
    for item in items:
        finding, draft = item.mark.finding, item.mark.draft
        if draft is None or draft.prompt.id != prompt:
            continue
        safe = draft.safety is Safety.SAFE
        yield Proposal(
            pass_name=finding.code,
            prompt_id=prompt,
            edits=draft.edits,
            source_edits=item.edits,
            tokens_saved=draft.saved,
            tier=Tier.SAFE if safe else Tier.EVAL,
            safety=draft.safety,
            losses=(),
            why=finding.message,
            code=finding.code,
        )
