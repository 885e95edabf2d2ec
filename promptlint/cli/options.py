"""The options that commands share, and what they mean as values."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from promptlint.reporting import Report, RuleInfo
    from promptlint.run import Outcome, Request

F = TypeVar("F", bound="Callable[..., object]")

STDIN = Path("-")


def codes(_ctx: click.Context, _param: click.Parameter, value: Sequence[str]) -> tuple[str, ...]:
    """Take comma-separated codes apart."""
    return tuple(code.strip() for item in value for code in item.split(",") if code.strip())


_SHARED = (
    click.argument("paths", nargs=-1, type=click.Path(path_type=Path, allow_dash=True)),
    click.option("--select", multiple=True, callback=codes, metavar="CODES", help="Only these rules."),
    click.option("--ignore", multiple=True, callback=codes, metavar="CODES", help="Not these rules."),
    click.option("--extend-select", multiple=True, callback=codes, metavar="CODES", help="These rules too."),
    click.option("--config", "config_file", type=click.Path(path_type=Path), help="Use this config file."),
    click.option("--isolated", is_flag=True, help="Ignore all config files."),
    click.option("--base", metavar="REV", help="Only files changed since this git revision."),
    click.option(
        "--force-exclude",
        is_flag=True,
        help="Treat files named here like files found in a folder (for hooks).",
    ),
    click.option("--stdin-filename", metavar="NAME", help="The name that decides the format of stdin."),
    click.option("--no-cache", is_flag=True, help="Neither read nor write the result cache."),
    click.option(
        "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Default: auto."
    ),
)


def shared(function: F) -> F:
    """Add the options that `check`, `fix` and `prompts` have in common."""
    for option in reversed(_SHARED):
        function = option(function)
    return function


def request(values: dict[str, object]) -> Request:
    """The shared options among a command's values; '-' as a path reads standard input."""
    from promptlint.run import Request

    given = values["paths"]
    paths = tuple(path for path in given if isinstance(path, Path)) if isinstance(given, tuple) else ()
    name, config, base = values["stdin_filename"], values["config_file"], values["base"]
    stdin = None
    if paths == (STDIN,) or (name is not None and not paths):
        stdin = (str(name or "stdin.txt"), sys.stdin.buffer.read())
        paths = ()
    return Request(
        paths=paths,
        select=_texts(values["select"]),
        ignore=_texts(values["ignore"]),
        extend_select=_texts(values["extend_select"]),
        config_file=config if isinstance(config, Path) else None,
        isolated=bool(values["isolated"]),
        base=base if isinstance(base, str) else None,
        force_exclude=bool(values["force_exclude"]),
        stdin=stdin,
        use_cache=not values["no_cache"],
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, tuple) else ()


def report(outcome: Outcome, values: dict[str, object]) -> Report:
    """What the renderers need, for this terminal."""
    from promptlint import __version__, prices, style
    from promptlint.reporting import Report

    return Report(
        result=outcome.result,
        sources=outcome.sources,
        rules=_rules(outcome),
        version=__version__,
        color=style.decide_color(sys.stdout, os.environ, str(values["color"])),
        width=style.terminal_width(sys.stdout, os.environ),
        verbose=bool(values.get("verbose")),
        price_date=prices.snapshot_date(),
    )


def _rules(outcome: Outcome) -> dict[str, RuleInfo]:
    """What is said of each rule; a config's own cards are read only if there are any."""
    from promptlint import rulebook
    from promptlint.reporting import RuleInfo

    known = rulebook.infos()
    own = outcome.workspace.configs.for_folder(outcome.root)
    for card in outcome.workspace.cards(own) if own.cards else ():
        info = RuleInfo(card.code, card.name, card.summary, card.why, card.severity, card.fix, card.path)
        known.setdefault(card.code, info)
    return known


def write_all(texts: Mapping[Path, str]) -> None:
    """Replace some files that belong together; if one cannot be written, those before it are as they were.

    Raises:
        UsageError: one cannot be written.
    """
    from promptlint.errors import UsageError

    before: list[tuple[Path, bytes | None]] = []
    try:
        for file, text in texts.items():
            before.append((file, file.read_bytes() if file.is_file() else None))
            write(file, text)
    except (UsageError, OSError) as error:
        for file, data in before[:-1]:
            if data is None:
                file.unlink(missing_ok=True)
            else:
                file.write_bytes(data)
        raise UsageError(str(error)) from error


def write(file: Path, text: str) -> None:
    """Replace a file by a report, as a whole.

    Raises:
        UsageError: it cannot be written.
    """
    from promptlint import files
    from promptlint.errors import SourceError, UsageError

    try:
        files.write(file, text, None)
    except SourceError as error:
        raise UsageError(f"{file}: {error.problem.message}") from error
