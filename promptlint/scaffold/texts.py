"""What `init` writes: the config with what was measured, and the packaged files for hooks and CI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from promptlint import __version__
from promptlint.model import Basis, PromptFacts
from promptlint.prices import DEFAULT_MODEL
from promptlint.style import fit, marked, plural

_FOLDER = Path(__file__).parents[1] / "_data" / "ci"
_NAME = 60
"""Cells of an id or a model's name in a comment."""

NEXT = (
    (None, "`promptlint check` shows what there is to repair today."),
    (None, "Commit these files, so that they hold for everybody."),
    (
        ".pre-commit-config.yaml",
        "`pre-commit install`, once in every clone, makes the hooks run.",
    ),
    (
        ".github/workflows/promptlint-comment.yml",
        "Merge both workflows into the default branch: GitHub starts the one that comments from there only.",
    ),
    (
        ".gitlab/promptlint.yml",
        "Give the CI a masked variable GITLAB_TOKEN, a project access token with which it posts its notes.",
    ),
)
"""What comes next, by the file that was written; None: always."""

_CONFIG = """\
# What promptlint does with the prompts of this repository. `promptlint config` shows every setting.
#
# When `promptlint init` wrote this:
{found}

# The model of prompts that name none. Without this line {model} is assumed.
# model = "{model}"

# The most tokens that a prompt may have; {said}.
# Without this line there is no budget, and the hook promptlint-budget has nothing to guard.
# budget = {budget}

# How often a prompt is called, as you measured it: what it costs in a month is known only then.
# [[prompts]]
# match = "prompts/**"
# calls_per_month = 0
"""


def packaged(name: str) -> str:
    """A file of the installation for hooks or CI, for this version of promptlint."""
    return (_FOLDER / name).read_text(encoding="utf-8").replace("{version}", __version__)


def config_text(prompts: Sequence[PromptFacts]) -> str:
    """A promptlint.toml that changes nothing yet: what was found, and the keys that a team sets first."""
    lines = "\n".join(f"# {line}" for line in found_lines(prompts))
    budget = max((prompt.tokens.high for prompt in prompts), default=0)
    said = "the longest one has this many today" if prompts else "there is none to measure yet"
    return _CONFIG.format(found=lines, model=DEFAULT_MODEL, budget=budget, said=said)


def found_lines(prompts: Sequence[PromptFacts]) -> list[str]:
    """The prompts in words: how many, the longest, their models. Nothing in them can end a comment."""
    if not prompts:
        return ["Found: no prompts yet."]
    homes = len({prompt.path for prompt in prompts})
    lines = [f"Found: {plural(len(prompts), 'prompt')} in {plural(homes, 'file')}."]
    longest = max(prompts, key=lambda prompt: prompt.tokens.high)
    size = f"{marked(longest.tokens.high, Basis.EXACT)} tokens ({longest.tokens.basis.value})"
    lines.append(
        f"The longest: {fit(longest.id, _NAME, both_ends=True)}, {size} without what its slots hold."
    )
    named = Counter(
        prompt.model for prompt in prompts if prompt.model_basis is not Basis.ASSUMED and prompt.model
    )
    if not named:
        return [*lines, f"No prompt names its model: {DEFAULT_MODEL} is assumed."]
    shown = [f"{fit(model, _NAME)} ({count})" for model, count in named.most_common(4)]
    shown += [f"{len(named) - 4} more"] if len(named) > 4 else []
    nameless = len(prompts) - named.total()
    shown += [f"none ({nameless})"] if nameless else []
    return [*lines, f"Models that they name: {', '.join(shown)}."]
