"""The options by which logs are read, and what they mean as values."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from promptlint.traffic.engines import Options
    from promptlint.traffic.repository import Repository
    from promptlint.traffic.settings import Settings, Texts

F = TypeVar("F", bound=Callable[..., object])

_SALT = "PROMPTLINT_TRAFFIC_SALT"

_SHARED = (
    click.option(
        "--mapping",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Where the values of a format of your own are (YAML); else formats are told by content.",
    ),
    click.option(
        "--prompts",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="PATH",
        help="Files or folders with the prompts that made the calls; may be given again. "
        "Default: the project.",
    ),
    click.option(
        "--salt",
        metavar="TEXT",
        help=f"Salt of all hashes, so that those of several runs compare. Default: ${_SALT}, else a new one.",
    ),
    click.option(
        "--engine",
        type=click.Choice(["duckdb", "spark"]),
        default="duckdb",
        help="Default: duckdb, on this machine.",
    ),
    click.option("--master", default="local[*]", metavar="URL", help="Of Spark. Default: local[*]."),
    click.option(
        "--jobs",
        type=click.IntRange(0, 256),
        default=0,
        help="Processes that read. Default: one a processor.",
    ),
    click.option("--config", "config_file", type=click.Path(path_type=Path), help="Use this config file."),
    click.option("--isolated", is_flag=True, help="Ignore all config files."),
    click.option(
        "--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Default: print it."
    ),
    click.option(
        "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Default: auto."
    ),
)


def shared(function: F) -> F:
    """Add the options that the commands on logs have in common."""
    for option in reversed(_SHARED):
        function = option(function)
    return function


def paths(given: object) -> list[Path]:
    """The paths of an argument or an option that may be given again."""
    return [path for path in given if isinstance(path, Path)] if isinstance(given, tuple) else []


def color(values: dict[str, object]) -> bool:
    """Whether to colour what is printed."""
    from promptlint import style

    return values["output"] is None and style.decide_color(sys.stdout, os.environ, str(values["color"]))


def width() -> int:
    """The columns of the terminal."""
    from promptlint import style

    return style.terminal_width(sys.stdout, os.environ)


def settings(values: dict[str, object], repository: Repository, texts: Texts) -> Settings:
    """How records become rows, with this salt or a new one."""
    import secrets
    import time

    from promptlint.traffic import mapping
    from promptlint.traffic.settings import Settings

    given = values["salt"] or os.environ.get(_SALT)
    file = values["mapping"]
    return Settings(
        salt=str(given).encode() if given else secrets.token_bytes(32),
        now=time.time(),
        texts=texts,
        prices=repository.prices,
        matcher=repository.matcher,
        mapping=mapping.read(file) if isinstance(file, Path) else None,
    )


def repository(values: dict[str, object]) -> Repository:
    """The prompts that calls are matched to."""
    from promptlint.run import Request
    from promptlint.traffic import repository

    config = values["config_file"]
    request = Request(
        paths=tuple(paths(values["prompts"])),
        config_file=config if isinstance(config, Path) else None,
        isolated=bool(values["isolated"]),
    )
    return repository.read(request, paths(values["logs"]))


def engine_options(values: dict[str, object]) -> Options:
    """How the engine runs."""
    from promptlint.traffic.engines import Options

    return Options(
        engine="spark" if values["engine"] == "spark" else "duckdb",
        master=str(values["master"]),
        jobs=int(str(values["jobs"])),
    )


def show(values: dict[str, object], text: str) -> None:
    """Print a report, or write it where it was asked for."""
    from promptlint.cli import options

    output = values["output"]
    if isinstance(output, Path):
        options.write(output, text)
    else:
        click.echo(text, nl=False, color=True)
