"""`promptlint traffic threshold`: pairs to judge out, the threshold of a semantic cache in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.cli import options
from promptlint.cli.traffic import reading

if TYPE_CHECKING:
    from promptlint.traffic.threshold.document import Tuned
    from promptlint.traffic.threshold.pairs import Pair

_SOURCES = ("pairs", "judged", "answers")
_ALL = 1_000_000  # of a stratum: every pair


@click.command("threshold", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("logs", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--pairs",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write pairs of near questions from LOGS, to be judged (JSON lines). Their texts are masked.",
)
@click.option(
    "--each", type=click.IntRange(1, 3_000), default=60, help="Pairs of a stratum. Default: 60, see the docs."
)
@click.option("--seed", type=int, default=0, help="Of the sample. Default: 0.")
@click.option(
    "--judged",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Read the pairs back, `same` of each set to true or false; needs no LOGS.",
)
@click.option(
    "--answers",
    is_flag=True,
    help="Judge all pairs by the answers in LOGS instead: right are those with equal ones.",
)
@click.option(
    "--vectors",
    default="tfidf",
    metavar="NAME",
    help="tfidf, or a folder with a model of model2vec (sentence vectors). Default: tfidf.",
)
@click.option(
    "--limit",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.05,
    help="Share of the cache's answers that may be wrong. Default: 0.05.",
)
@click.option(
    "--policy",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the threshold into this routing.yaml.",
)
@click.option(
    "--format", "format_", type=click.Choice(["text", "json", "html"]), default="text", help="Default: text."
)
@reading.shared
def command(**values: object) -> int:
    """Tune the threshold of a semantic cache on logged questions.

    First `--pairs FILE` samples pairs of near questions from LOGS. You say of each whether the earlier answer
    would have done for the later question. Then `--judged FILE` gives, by prompt and threshold, the share of
    questions that a cache would answer and the share of wrong answers with its bounds, and takes the lowest
    threshold that keeps the limit for sure.

    Exit codes: 0 done, 2 usage or configuration, 3 promptlint failed.
    """
    from promptlint.errors import UsageError

    given = [name for name in _SOURCES if values[name]]
    if len(given) != 1:
        raise UsageError("one of --pairs, --judged and --answers is needed, and only one")
    if bool(values["logs"]) == (given == ["judged"]):
        raise UsageError("--pairs and --answers need LOGS, --judged reads none")
    if given == ["pairs"]:
        _write(values)
        return 0
    found = _tuned(values)
    policy = values["policy"]
    _show(found, values)
    if isinstance(policy, Path):
        from promptlint.traffic.threshold import written

        text, threshold = written.written(policy, found)
        options.write(policy, text)
        click.echo(f"{policy}: cache.threshold is {threshold:g}", err=True)
    return 0


def _write(values: dict[str, object]) -> None:
    """Write the pairs; never over a file, which may hold somebody's work."""
    from promptlint.errors import UsageError
    from promptlint.traffic.threshold import pairs

    path = values["pairs"]
    assert isinstance(path, Path)
    if path.exists():
        raise UsageError(f"{path}: is there already, and may hold judgements")
    found = _sampled(values, int(str(values["each"])))
    if not found:
        raise UsageError("no two first questions of a prompt are near each other: nothing to judge")
    options.write(path, pairs.text(found))
    click.echo(f"{path}: {len(found):,} pairs; set `same` of each to true or false, then --judged {path}")


def _sampled(values: dict[str, object], each: int) -> tuple[Pair, ...]:
    from promptlint.traffic import engines
    from promptlint.traffic.threshold import pairs

    settings = reading.settings(values, reading.repository(values), "keep")
    logs, how = reading.paths(values["logs"]), reading.engine_options(values)
    with engines.opened(logs, settings, how) as engine:
        return tuple(pairs.sampled(engine, each, str(values["vectors"]), int(str(values["seed"]))))


def _tuned(values: dict[str, object]) -> Tuned:
    from promptlint.errors import UsageError
    from promptlint.traffic.threshold import judgements, pairs, tuning

    limit, file = float(str(values["limit"])), values["judged"]
    if isinstance(file, Path):
        return tuning.tuned(judgements.read(file), limit, "people")
    found = pairs.judged(_sampled(values, _ALL))
    if not found:
        raise UsageError("no two first questions of a prompt are near each other: nothing to compare")
    return tuning.tuned(found, limit, "answers")


def _show(found: Tuned, values: dict[str, object]) -> None:
    from promptlint import documents, jsondoc
    from promptlint.traffic.threshold import page, shown

    if values["format_"] == "json":
        reading.show(values, jsondoc.dumps(documents.to_json(found)) + "\n")
    elif values["format_"] == "html":
        reading.show(values, page.render(found))
    else:
        reading.show(values, shown.text(found, reading.width(), reading.color(values)))
