"""`promptlint comment`: the comparison as one comment under a pull or merge request, kept up to date."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

if TYPE_CHECKING:
    from promptlint.bot.host import Host
    from promptlint.bot.post import Job
    from promptlint.bot.target import Target
    from promptlint.changes import Comparison
    from promptlint.errors import RefusedError

_BEHAVIORS = ("update", "new", "hide-and-new", "delete-and-new")


@click.command("comment")
@click.option("--github", "kind", flag_value="github", help="A pull request of GitHub.")
@click.option("--gitlab", "kind", flag_value="gitlab", help="A merge request of GitLab.")
@click.option("--repo", default="", metavar="O/R", help="Default: of the workflow or pipeline.")
@click.option("--pr", type=click.IntRange(1), metavar="N", help="Default: that of the event.")
@click.option("--base", default="", metavar="REV", help="Where the change starts. Default: of the event.")
@click.option(
    "--from",
    "from_",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The JSON of promptlint diff, instead of comparing here.",
)
@click.option(
    "--claimed",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="That JSON as the request's own workflow made it: where it says otherwise, the comment tells.",
)
@click.option(
    "--path", "paths", multiple=True, type=click.Path(path_type=Path), help="Compare only files at or below."
)
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="Use this config file.")
@click.option(
    "--evals",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The JSON of promptlint eval, or results of evals and routing. A verdict of recorded answers "
    "counts only if the recording stands on the base.",
)
@click.option("--suite", default="default", metavar="NAME", help="One comment each. Default: default.")
@click.option(
    "--behavior",
    type=click.Choice(_BEHAVIORS),
    default="update",
    help="Change our comment, or post anew beside, hiding or deleting the earlier ones. Default: update.",
)
@click.option(
    "--skip-no-change",
    is_flag=True,
    help="Post no first comment where no prompt changes; an earlier one is not left stale.",
)
@click.option("--no-suggestions", is_flag=True, help="No comments at lines.")
@click.option("--dry-run", is_flag=True, help="Print the comment, and post nothing.")
@click.option(
    "--verdict-on",
    type=click.Choice(["error", "warning", "never"]),
    default="warning",
    help="The severity of a new finding from which the verdict is fail, if compared here. Default: warning.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    default="never",
    help="The severity of a new finding from which the exit code is 1. Default: never.",
)
def command(**values: object) -> int:
    """Comment on a pull or merge request: what the change does to prompts, tokens and dollars.

    The token comes from GITHUB_TOKEN or GH_TOKEN, GITLAB_TOKEN or CI_JOB_TOKEN. Where it may not comment, new
    findings are annotated instead: by a check where it may write these (GitHub), else in the log; and the
    comment goes to the step's summary. Exit codes: 0 done or skipped, with the reason said; 1 see --fail-on;
    2 no token, no request, a bad file (of
    --claimed: after the comment was posted); 3 promptlint failed on a file; 4 the host does not answer.
    """
    from promptlint.bot import target as targets
    from promptlint.errors import UsageError

    kind = values["kind"]
    if kind not in get_args(targets.Kind):
        raise UsageError("where to? Give --github or --gitlab")
    number = values["pr"] if isinstance(values["pr"], int) else 0
    read = targets.github if kind == "github" else targets.gitlab
    target = read(targets.Flags(str(values["repo"]), number), os.environ)
    target = _located(target, values)
    job, fault = _job(target, values)
    _leave(target, job)
    if fault:
        raise UsageError(f"posted as it was found here, but {fault}")
    return _exit_code(job.comparison, str(values["fail_on"]))


def _located(target: Target, values: dict[str, object]) -> Target:
    """The request with the base that its host names, where the event of another workflow's run does not."""
    if target.number or target.base or values["base"] or values["from_"]:
        return target
    from promptlint.bot import connect
    from promptlint.bot.target import token

    return connect.located(target, token(target.kind, os.environ))


def _job(target: Target, values: dict[str, object]) -> tuple[Job, str]:
    """What to tell, and what is wrong with what the request's workflow claims.

    All else that can be wrong is found before anything is posted.
    """
    from promptlint import evaluated
    from promptlint.bot import claim, lines, marker, post, recordings, upsert

    suite = marker.suite_name(str(values["suite"]))
    evals = values["evals"]
    measured = evaluated.measured(evals) if isinstance(evals, Path) else None
    base = str(values["base"]) or target.base
    comparison = _comparison(target, base, values)
    config_file = _path(values["config_file"])
    claimed = _path(values["claimed"])
    held = claim.Claim() if claimed is None else claim.held(claimed, comparison)
    wants_lines = not values["no_suggestions"]
    asked = upsert.Asked(
        behavior=next(each for each in get_args(upsert.Behavior) if each == values["behavior"]),
        quiet=bool(values["skip_no_change"]),
        dry=bool(values["dry_run"]),
    )
    job = post.Job(
        kind=target.kind,
        suite=suite,
        comparison=comparison,
        asked=asked,
        verdicts=measured,
        lines=lines.found(base, comparison, config_file) if wants_lines else None,
        ended=target.ended if values["from_"] else None,
        prefix=lines.prefix(base, config_file),
        foreign=isinstance(values["from_"], Path),
        claim=held.words,
        on_base=recordings.on_base(measured, base) if measured else frozenset(),
    )
    return job, held.fault


def _path(value: object) -> Path | None:
    return value if isinstance(value, Path) else None


def _comparison(target: Target, base: str, values: dict[str, object]) -> Comparison:
    from promptlint.bot import artifact
    from promptlint.errors import UsageError

    file = values["from_"]
    if isinstance(file, Path):
        return artifact.read(file, target.head)
    if not base:
        raise UsageError("compared with what? Give --base, or --from the JSON of promptlint diff")
    from promptlint.compare import whole as compare
    from promptlint.workspace import Request

    paths = values["paths"]
    asked = compare.Asked(
        base=base,
        head=target.head or "HEAD",
        paths=tuple(path for path in paths if isinstance(path, Path)) if isinstance(paths, tuple) else (),
        request=Request(config_file=_path(values["config_file"])),
        fail_on=next(each for each in get_args(compare.FailOn) if each == values["verdict_on"]),
    )
    return compare.compared(asked).comparison


def _leave(target: Target, job: Job) -> None:
    from promptlint.bot import connect, post
    from promptlint.bot.target import token
    from promptlint.errors import RefusedError
    from promptlint.style import inert

    key = token(target.kind, os.environ)
    if job.asked.dry:
        click.echo(inert(post.body(job))[0], nl=False)
        if not key:
            _say(target, "nothing was asked there: no token")
            return
    own = target.kind == "gitlab" and key == os.environ.get("CI_JOB_TOKEN")
    try:
        with connect.connected(target, key, job=own) as host:
            try:
                _say(target, post.said(post.post(host, job), job.asked.dry))
            except RefusedError as error:
                _annotate(target, job, error, host)
    except RefusedError as error:  # already as the request was looked for
        _annotate(target, job, error, None)


def _annotate(target: Target, job: Job, refused: RefusedError, host: Host | None) -> None:
    """Say in other places what may not be a comment: in a check, else the log, and in the summary."""
    from promptlint.bot import annotate, post

    if job.asked.dry:
        _say(target, f"would not be posted: {refused}")
        return
    check = post.checked(host, job) if host else ""
    if not check:
        click.echo(annotate.annotated(job.comparison, target.kind, job.prefix), nl=False)
    summary = os.environ.get("GITHUB_STEP_SUMMARY", "")
    if summary and target.kind == "github":
        annotate.append_summary(Path(summary), post.body(job))
    _say(target, f"not posted, annotated instead{f' ({check})' if check else ''}: {refused}")


def _say(target: Target, words: str) -> None:
    from promptlint.style import visible

    click.echo(visible(f"promptlint: {target.shown}: {words}"), err=True)


def _exit_code(comparison: Comparison, fail_on: str) -> int:
    from promptlint.bot.annotate import new_findings
    from promptlint.changes import FAILING

    if comparison.errors:
        return 3
    return int(any(note.severity in FAILING[fail_on] for note in new_findings(comparison)))
