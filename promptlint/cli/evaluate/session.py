"""The options that commands which call models share, and what they mean: a suite, and how it is run."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from promptlint.evals.model import Suite
    from promptlint.evals.session import Setting

F = TypeVar("F", bound="Callable[..., object]")


def amount(_ctx: click.Context, _param: click.Parameter, value: float | None) -> float | None:
    """Refuse what is no amount: NaN is inside every range of click's."""
    if value is not None and not 0 <= value < math.inf:
        raise click.BadParameter("expected a number from 0 on")
    return value


_SHARED = (
    click.argument("suite", type=click.Path(path_type=Path)),
    click.option("--max-cost", type=float, callback=amount, metavar="USD", help="Never spend more."),
    click.option("--no-cache", is_flag=True, help="Know no earlier answers, and keep none."),
    click.option("--allow-python", is_flag=True, help="Run the suite's python assertions. They are code."),
    click.option("--anyway", is_flag=True, help="Pay even where the suite can decide nothing."),
)


def shared(function: F) -> F:
    """Add the options of all commands that run a suite."""
    for option in reversed(_SHARED):
        function = option(function)
    return function


@contextmanager
def opened(values: dict[str, object]) -> Iterator[tuple[Suite, Setting]]:
    """The suite of a command, and how to run it; the store is closed at the end.

    Raises:
        SuiteError: of the suite.
        UsageError: of anything else, before any call is paid.
    """
    from promptlint import workspace
    from promptlint.config import root_of
    from promptlint.evals import progress, suite
    from promptlint.evals.folder import Folder
    from promptlint.evals.providers import keys
    from promptlint.evals.session import Setting
    from promptlint.evals.store import Store, directory

    path = values["suite"]
    assert isinstance(path, Path)
    home = path.resolve().parent
    root = root_of(home).resolve()
    root = root if home.is_relative_to(root) else home
    found = suite.load(path, root, allow_python=bool(values["allow_python"]))
    config = workspace.workspace(workspace.Request()).configs.for_file(path.resolve())
    limit = values["max_cost"]
    with progress.watch(sys.stderr) as watch:
        setting = Setting(
            folder=Folder(root, home),
            keys=keys.Keys.of(os.environ, keys.user_file(os.environ)),
            watch=watch,
            store=None,
            max_cost=limit if isinstance(limit, float) else None,
            python=bool(values["allow_python"]),
            prices=config.prices,
        )
        if values["no_cache"]:
            yield found, setting
            return
        with Store(directory()) as store:
            from dataclasses import replace

            yield found, replace(setting, store=store)
