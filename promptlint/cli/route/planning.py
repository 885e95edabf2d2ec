"""The plan that `route compile` and `route check` are asked for."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from promptlint.model import FileResult
    from promptlint.route.compiled import Plan
    from promptlint.route.manifest import Entry
    from promptlint.route.notes import Note
    from promptlint.run import Request

F = TypeVar("F", bound="Callable[..., object]")


class Named(click.Choice[str]):
    """A choice that says which name may have been meant."""

    def get_invalid_choice_message(self, value: object, ctx: click.Context | None) -> str:
        """The message for a name that is none of the choices."""
        from difflib import get_close_matches

        close = get_close_matches(str(value), list(self.choices), 1)
        said = super().get_invalid_choice_message(value, ctx)
        return said + (f" Did you mean {close[0]!r}?" if close else "")


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
    from promptlint.errors import UsageError
    from promptlint.route import plan as plans
    from promptlint.route import reader, requests

    place = values["policy"]
    assert isinstance(place, Path)
    rules = reader.read(place)
    given = values["evals"]
    assert isinstance(given, tuple)
    with _at(place, "evals"):
        results = [evaluated.read(place.parent / name) for name in rules.evals]
    results += [evaluated.read(file) for file in given]
    with _at(place, "requests"):
        classifier = requests.read(place.parent / rules.requests) if rules.requests else None
    entries = _entries(values)
    if not entries:
        where = values["manifest"] or ", ".join(map(str, _paths(values))) or "."
        raise UsageError(f"0 prompts in {where}: there is nothing to route")
    return plans.compiled(entries, rules, results, bool(values["allow_unproven"]), classifier), entries


@contextmanager
def _at(policy: Path, key: str) -> Iterator[None]:
    """Say of what is wrong with a file that the policy names which line names it."""
    from promptlint.errors import ConfigError, UsageError
    from promptlint.route import reader

    try:
        yield
    except UsageError as error:
        raise ConfigError(f"{policy}:{reader.line_of(policy, key)}: `{key}`: {error}") from error


def _paths(values: dict[str, object]) -> tuple[Path, ...]:
    paths = values["paths"]
    assert isinstance(paths, tuple)
    return paths


def _entries(values: dict[str, object]) -> tuple[Entry, ...]:
    from promptlint import owners, run
    from promptlint.errors import UsageError
    from promptlint.reporting import faults_of, prompts_of
    from promptlint.route import manifest
    from promptlint.style import visible

    paths, file = values["paths"], values["manifest"]
    assert isinstance(paths, tuple)
    if isinstance(file, Path):
        if paths:
            raise UsageError("PATHs and --manifest are two sources of prompts: give one")
        return manifest.read(file)
    done = run.run(_request(values))
    result = owners.of_result(done.result, done.root)
    broken = [f"{item.path}: {item.message}" for item in faults_of(result)]
    for each in result.files:
        said = [f"{item.path}: {item.message}" for item in each.findings if item.code[:3] == "SRC"]
        if said and _is_data(each, paths):
            click.echo(visible(f"{said[0]}: no text, so it is passed over; see `exclude`"), err=True)
        else:
            broken += said
    if broken:
        raise UsageError(
            f"a file cannot be read, so its prompts would be missing: {broken[0]}; if it has none, leave it "
            "out by `exclude` in promptlint.toml"
        )
    return manifest.of_facts(prompts_of(result))


_DATA = frozenset((".json", ".jsonl", ".csv", ".ipynb", ".yaml", ".yml", ".toml", ".xml"))


def _is_data(found: FileResult, paths: Iterable[Path]) -> bool:
    """Whether a file is of a kind that is mostly data, holds bytes that are no text, and is not asked for."""
    is_named = any(path.is_file() and path.name == Path(found.path).name for path in paths)
    is_binary = any(
        item.code == "SRC001" and item.message.startswith(("binary", "not UTF-8")) for item in found.findings
    )
    return not is_named and is_binary and not found.prompts and Path(found.path).suffix.lower() in _DATA


def _request(values: dict[str, object]) -> Request:
    from promptlint import run

    paths, config = values["paths"], values["config_file"]
    assert isinstance(paths, tuple)
    return run.Request(
        paths=paths,
        config_file=config if isinstance(config, Path) else None,
        use_cache=not values["no_cache"],
        home=_home(values),
    )


def _home(values: dict[str, object]) -> Path | None:
    """The folder that the policy and the prompts share, so that ids do not hang on the working directory."""
    policy = values["policy"]
    assert isinstance(policy, Path)
    files = [path.absolute() for path in _paths(values) or (Path.cwd(),)]
    folders = [path if path.is_dir() else path.parent for path in files]
    for shared in ([policy.absolute().parent, *folders], folders):
        try:
            found = Path(os.path.commonpath([os.path.abspath(each) for each in shared]))  # noqa: PTH100
        except ValueError:  # two drives
            continue
        if found != found.parent:
            return found
    return None


def with_messages(found: Plan, values: dict[str, object]) -> Plan:
    """The plan with the messages of batched prompts; a manifest has none."""
    from promptlint.route import messages

    return found if values["manifest"] else messages.with_messages(found, _request(values))


def tell(notes: Iterable[Note]) -> None:
    """Say notes on standard error, without keys that names may hold."""
    from promptlint.route.check.leaks import clean
    from promptlint.style import visible

    for each in notes:
        item = clean(each)
        where = f"{item.path}:{item.line}: " if item.line else f"{item.path}: " if item.path else ""
        prompt = f" [{item.prompt}]" if item.prompt else ""
        click.echo(visible(f"{where}{item.severity} {item.code} {item.message}{prompt}"), err=True)


def tell_settling(plan: Plan, shown: int = 5) -> None:
    """Say on standard error which commands would show that a cheaper model is good enough."""
    from promptlint.route.check.leaks import masked
    from promptlint.style import visible

    open_ = [route for route in plan.routes if route.settle]
    for route in open_[:shown]:
        click.echo(visible(masked(f"to settle {route.prompt}: {route.settle}")), err=True)
    if len(open_) > shown:
        click.echo(f"... and {len(open_) - shown:,} more: see `settle` in --target json", err=True)
