"""`promptlint traffic`: what logged calls say, from files to a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.cli import options
from promptlint.cli.traffic import reading

if TYPE_CHECKING:
    from promptlint.traffic.engines import Engine
    from promptlint.traffic.findings import Asked, Counted
    from promptlint.traffic.repository import Repository
    from promptlint.traffic.settings import Settings, Texts

_TEXTS = ("with_texts", "semantic", "requests")  # what keeps texts while the run lasts


@click.command("report", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("logs", nargs=-1, required=True, type=click.Path(path_type=Path))
@reading.shared
@click.option("--no-text", is_flag=True, help="Do not look at message texts: no hashes, no matching by text.")
@click.option(
    "--with-texts",
    is_flag=True,
    help="Let --parquet hold message texts, and reports how prompts begin that the repository lacks; "
    "e-mail addresses and secrets are masked. Never without this.",
)
@click.option(
    "--semantic",
    is_flag=True,
    help="Count what a semantic cache would have hit too: keeps texts, masked, while the run lasts.",
)
@click.option("--budget", type=click.FloatRange(0, 1e12), metavar="USD", help="What a month may cost.")
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
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "markdown", "html", "csv"]),
    default="text",
    help="Default: text.",
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
    repository = reading.repository(values)
    kept = any(values[name] for name in _TEXTS)
    texts: Texts = "none" if values["no_text"] else "keep" if kept else "hash"
    settings = reading.settings(values, repository, texts)
    look = report.Look(color=reading.color(values), width=reading.width())
    logs = reading.paths(values["logs"])
    with engines.opened(logs, settings, reading.engine_options(values)) as engine:
        read = overview(engine, words=bool(values["with_texts"]))
        found, counted = findings.document(engine, settings, _asked(values, repository), read)
        if isinstance(values["parquet"], Path):
            _parquet(engine, values["parquet"], bool(values["with_texts"]))
        if isinstance(values["usage"], Path):
            options.write(values["usage"], _usage(counted, settings))
        if isinstance(values["requests"], Path):
            requests.write(engine, values["requests"])
    reading.show(values, report.render(str(values["format_"]), found, look))
    return 0


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


def _parquet(engine: Engine, path: Path, texts: bool) -> None:
    """Write the calls; message texts only if they were asked for."""
    from promptlint.errors import UsageError
    from promptlint.traffic.table import NAMES, TEXT_COLUMNS

    columns = [name for name in NAMES if texts or name not in TEXT_COLUMNS]
    try:
        engine.parquet(path, columns)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from error
