"""`promptlint plan export`: training data, the batch plan, cache settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.cli import options

if TYPE_CHECKING:
    from promptlint.plan.export.training import Training
    from promptlint.run import Request


@click.command("export")
@click.argument("kind", type=click.Choice(["tuning", "batch", "cache"]))
@options.shared
@click.option("--usage", type=click.Path(path_type=Path), metavar="FILE", help="As for `promptlint plan`.")
@click.option(
    "--evidence",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="As for `promptlint plan`; of evals the cases that passed are training data.",
)
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="FOLDER", help="Where training data is written."
)
@click.option(
    "--provider",
    type=click.Choice(["openai", "anthropic", "google"]),
    default="openai",
    help="The format of training data. Default: openai.",
)
@click.option("--with-personal-data", is_flag=True, help="Export examples in which personal data was seen.")
def command(**values: object) -> int:
    """Write what the steps need that are done elsewhere.

    tuning: train.jsonl and validation.jsonl from few-shot examples and passed eval cases, which share no
    near-duplicates; batch: which prompts go into batch jobs; cache: namespaces, levels, thresholds.
    """
    from datetime import UTC, datetime

    from promptlint import documents, jsondoc, run
    from promptlint.plan import build
    from promptlint.plan.export import settings

    request = options.request(values)
    if values["kind"] == "tuning":
        return _tuning(request, values)
    usage, found = values["usage"], values["evidence"]
    made = build.made(
        build.Asked(
            request,
            datetime.now(UTC).date(),
            usage=usage if isinstance(usage, Path) else None,
            evidence=tuple(each for each in found if isinstance(each, Path))
            if isinstance(found, tuple)
            else (),
        )
    )
    is_batch = values["kind"] == "batch"
    found_plan = settings.batch_plan(made.stack) if is_batch else settings.cache_settings(made.stack)
    click.echo(jsondoc.dumps(documents.to_json(found_plan)))
    return run.exit_code(made.outcome.result, "never")


def _tuning(request: Request, values: dict[str, object]) -> int:
    from promptlint import run
    from promptlint.errors import UsageError
    from promptlint.plan import evidence
    from promptlint.plan.export import training

    folder, found = values["output"], values["evidence"]
    if not isinstance(folder, Path):
        raise UsageError("--output FOLDER says where train.jsonl and validation.jsonl are written")
    outcome = run.run(request)
    paths = tuple(each for each in found if isinstance(each, Path)) if isinstance(found, tuple) else ()
    examples = [*training.of_prompts(outcome, request)]
    for result in evidence.evals(paths):
        examples += training.of_eval(result)
    made = training.training(examples, with_personal=bool(values["with_personal_data"]))
    _write(folder, made, str(values["provider"]))
    return run.exit_code(outcome.result, "never")


def _write(folder: Path, made: Training, provider: str) -> None:
    """The two files, each made whole, and what was left out on standard error."""
    from promptlint import files
    from promptlint.errors import SourceError, UsageError
    from promptlint.plan.export import formats
    from promptlint.style import plural, visible

    for name, examples in (("train", made.split.train), ("validation", made.split.validation)):
        path = folder / f"{name}.jsonl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            files.write(path, formats.lines(examples, provider), None)
        except (OSError, SourceError) as error:
            raise UsageError(f"{path}: not written: {error}") from error
        click.echo(f"wrote {visible(str(path))}: {plural(len(examples), 'example')}")
    for left in made.left:
        click.echo(f"left out {visible(left.source)}: {left.reason}", err=True)
    for objection in made.objections:
        click.echo(f"promptlint: {objection}", err=True)
