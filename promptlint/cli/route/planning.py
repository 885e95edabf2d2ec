"""The plan that `route compile` and `route check` are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from promptlint.route.compiled import Plan
    from promptlint.route.manifest import Entry
    from promptlint.route.notes import Note
    from promptlint.run import Request

F = TypeVar("F", bound="Callable[..., object]")

_OPTIONS = (
    click.option(
        "--manifest",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Instead of PATHs: what `promptlint prompts --format json` wrote.",
    ),
    click.option(
        "--evals",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="What `promptlint eval --format json` wrote; may be repeated.",
    ),
    click.option("--allow-unproven", is_flag=True, help="Route by score alone where no eval result is."),
    click.option("--config", "config_file", type=click.Path(path_type=Path), help="Use this config file."),
    click.option("--no-cache", is_flag=True, help="Neither read nor write the result cache."),
)


def options(function: F) -> F:
    """Add the options that say what a plan is made of."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def plan(values: dict[str, object]) -> Plan:
    """The plan of a command's values; see `plan_and_entries`."""
    return plan_and_entries(values)[0]


def plan_and_entries(values: dict[str, object]) -> tuple[Plan, tuple[Entry, ...]]:
    """The plan of a command's values (`paths`, `policy` and those of `options`), and the prompts it is of.

    Raises:
        PromptlintError: a file is wrong or missing, or a prompt could not be read.
    """
    from promptlint import evaluated
    from promptlint.route import plan as plans
    from promptlint.route import reader, requests

    place = values["policy"]
    assert isinstance(place, Path)
    rules = reader.read(place)
    given = values["evals"]
    assert isinstance(given, tuple)
    files = [*(place.parent / name for name in rules.evals), *given]
    results = [evaluated.read(file) for file in files]
    classifier = requests.read(place.parent / rules.requests) if rules.requests else None
    entries = _entries(values)
    return plans.compiled(entries, rules, results, bool(values["allow_unproven"]), classifier), entries


def _entries(values: dict[str, object]) -> tuple[Entry, ...]:
    from promptlint import owners, run
    from promptlint.errors import UsageError
    from promptlint.reporting import faults_of, prompts_of
    from promptlint.route import manifest

    paths, file = values["paths"], values["manifest"]
    assert isinstance(paths, tuple)
    if isinstance(file, Path):
        if paths:
            raise UsageError("PATHs and --manifest are two sources of prompts: give one")
        return manifest.read(file)
    done = run.run(_request(values))
    result = owners.of_result(done.result, done.root)
    broken = [f"{item.path}: {item.message}" for item in faults_of(result)]
    broken += [
        f"{item.path}: {item.message}"
        for each in result.files
        for item in each.findings
        if item.code[:3] == "SRC"
    ]
    if broken:
        raise UsageError(f"a file cannot be read, so its prompts would be missing: {broken[0]}")
    return manifest.of_facts(prompts_of(result))


def _request(values: dict[str, object]) -> Request:
    from promptlint import run

    paths, config = values["paths"], values["config_file"]
    assert isinstance(paths, tuple)
    return run.Request(
        paths=paths,
        config_file=config if isinstance(config, Path) else None,
        use_cache=not values["no_cache"],
    )


def with_messages(found: Plan, values: dict[str, object]) -> Plan:
    """The plan with the messages of batched prompts; a manifest has none."""
    from promptlint.route import messages

    return found if values["manifest"] else messages.with_messages(found, _request(values))


def tell(notes: Iterable[Note]) -> None:
    """Say notes on standard error."""
    from promptlint.style import visible

    for item in notes:
        where = f"{item.path}:{item.line}: " if item.line else f"{item.path}: " if item.path else ""
        prompt = f" [{item.prompt}]" if item.prompt else ""
        click.echo(visible(f"{where}{item.severity} {item.code} {item.message}{prompt}"), err=True)


def tell_settling(plan: Plan, shown: int = 5) -> None:
    """Say on standard error which commands would show that a cheaper model is good enough."""
    from promptlint.style import visible

    open_ = [route for route in plan.routes if route.settle]
    for route in open_[:shown]:
        click.echo(visible(f"to settle {route.prompt}: {route.settle}"), err=True)
    if len(open_) > shown:
        click.echo(f"... and {len(open_) - shown:,} more: see `settle` in --target json", err=True)
