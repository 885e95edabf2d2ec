"""`promptlint traffic`: what logged calls say, from files to a report."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.cli import options

if TYPE_CHECKING:
    from promptlint.traffic.engines import Engine, Options
    from promptlint.traffic.findings import Asked, Counted
    from promptlint.traffic.repository import Repository
    from promptlint.traffic.settings import Settings

_SALT = "PROMPTLINT_TRAFFIC_SALT"
_TEXTS = ("with_texts", "semantic", "requests")  # what keeps texts while the run lasts


@click.command("traffic", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("logs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where the values of a format of your own are (YAML); else formats are told by content.",
)
@click.option(
    "--prompts",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Files or folders with the prompts that made the calls; may be given again. Default: the project.",
)
@click.option("--no-text", is_flag=True, help="Do not look at message texts: no hashes, no matching by text.")
@click.option(
    "--with-texts",
    is_flag=True,
    help="Let --parquet hold message texts, e-mail addresses and secrets masked. Never without this.",
)
@click.option(
    "--semantic",
    is_flag=True,
    help="Count what a semantic cache would have hit too: keeps texts, masked, while the run lasts.",
)
@click.option("--budget", type=click.FloatRange(0, 1e12), metavar="USD", help="What a month may cost.")
@click.option(
    "--salt",
    metavar="TEXT",
    help=f"Salt of all hashes, so that those of several runs compare. Default: ${_SALT}, else a new one.",
)
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    help="Default: duckdb, on this machine.",
)
@click.option("--master", default="local[*]", metavar="URL", help="Of Spark. Default: local[*].")
@click.option(
    "--jobs", type=click.IntRange(0, 256), default=0, help="Processes that read. Default: one a processor."
)
@click.option(
    "--parquet",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the normalized table (docs/traffic.md) too.",
)
@click.option(
    "--usage",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write what was measured of each prompt as the usage file of promptlint plan.",
)
@click.option(
    "--requests",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write requests with their outcomes, texts masked, for route train and eval import (JSON lines).",
)
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Use this config file.")
@click.option("--isolated", is_flag=True, help="Ignore all config files.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown", "html", "csv"]),
    default="text",
    help="Default: text.",
)
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Default: print it.")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Default: auto."
)
def command(**values: object) -> int:
    """Say what the calls in LOGS, files or folders, cost and why.

    Read are OpenTelemetry spans, spend logs of LiteLLM, exports of Langfuse, of OpenAI's and Anthropic's
    usage, and chat requests with their answers: JSON, JSON lines, CSV or Parquet, compressed or not. Nothing
    leaves the machine, and no text of a message is written unless asked.

    Exit codes: 0 done, 2 usage or configuration, 3 promptlint failed.
    """
    from promptlint.errors import UsageError
    from promptlint.report import traffic as report
    from promptlint.traffic import engines, findings, requests
    from promptlint.traffic.overview import overview

    if values["no_text"] and any(values[name] for name in _TEXTS):
        raise UsageError("--no-text excludes --with-texts, --semantic and --requests")
    repository = _repository(values)
    output, settings = values["output"], _settings(values, repository)
    look = report.Look(color=output is None and _color(values), width=_width())
    with engines.opened(_paths(values["logs"]), settings, _options(values)) as engine:
        found, counted = findings.document(engine, settings, _asked(values, repository), overview(engine))
        if isinstance(values["parquet"], Path):
            _parquet(engine, values["parquet"], bool(values["with_texts"]))
        if isinstance(values["usage"], Path):
            options.write(values["usage"], _usage(counted, settings))
        if isinstance(values["requests"], Path):
            requests.write(engine, values["requests"])
    text = report.render(str(values["format_"]), found, look)
    if isinstance(output, Path):
        options.write(output, text)
    else:
        click.echo(text, nl=False, color=True)
    return 0


def _paths(given: object) -> list[Path]:
    return [path for path in given if isinstance(path, Path)] if isinstance(given, tuple) else []


def _asked(values: dict[str, object], repository: Repository) -> Asked:
    from promptlint.plan.assumptions import MODELS
    from promptlint.traffic.findings import Asked

    budget = values["budget"]
    return Asked(
        budget=budget if isinstance(budget, float) else None,
        difficulty=repository.difficulty,
        slots=repository.slots,
        tiers={name: model for name, (model, _) in MODELS.items()},
    )


def _usage(counted: Counted, settings: Settings) -> str:
    """The usage file of `promptlint plan`."""
    from promptlint.plan import measured
    from promptlint.traffic import usage

    found = usage.measured(counted)
    return measured.text({id_: (each.model, each.figures) for id_, each in found.items()}, settings.prices)


def _color(values: dict[str, object]) -> bool:
    from promptlint import style

    return style.decide_color(sys.stdout, os.environ, str(values["color"]))


def _width() -> int:
    from promptlint import style

    return style.terminal_width(sys.stdout, os.environ)


def _settings(values: dict[str, object], repository: Repository) -> Settings:
    import secrets
    import time

    from promptlint.traffic import mapping
    from promptlint.traffic.settings import Settings

    given = values["salt"] or os.environ.get(_SALT)
    file, kept = values["mapping"], any(values[name] for name in _TEXTS)
    return Settings(
        salt=str(given).encode() if given else secrets.token_bytes(32),
        now=time.time(),
        texts="none" if values["no_text"] else "keep" if kept else "hash",
        prices=repository.prices,
        matcher=repository.matcher,
        mapping=mapping.read(file) if isinstance(file, Path) else None,
    )


def _repository(values: dict[str, object]) -> Repository:
    """The prompts that calls are matched to."""
    from promptlint.run import Request
    from promptlint.traffic import repository

    config = values["config_file"]
    request = Request(
        paths=tuple(_paths(values["prompts"])),
        config_file=config if isinstance(config, Path) else None,
        isolated=bool(values["isolated"]),
    )
    return repository.read(request, _paths(values["logs"]))


def _options(values: dict[str, object]) -> Options:
    from promptlint.traffic.engines import Options

    return Options(
        engine="spark" if values["engine"] == "spark" else "duckdb",
        master=str(values["master"]),
        jobs=int(str(values["jobs"])),
    )


def _parquet(engine: Engine, path: Path, texts: bool) -> None:
    """Write the calls; message texts only if they were asked for."""
    from promptlint.errors import UsageError
    from promptlint.traffic.table import NAMES, TEXT_COLUMNS

    columns = [name for name in NAMES if texts or name not in TEXT_COLUMNS]
    try:
        engine.parquet(path, columns)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error
