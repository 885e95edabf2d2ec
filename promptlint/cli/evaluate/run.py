"""`promptlint eval run`: a suite's cases on one prompt or on two, and the gate's verdict."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from promptlint.cli import options
from promptlint.cli.evaluate import session

if TYPE_CHECKING:
    from promptlint.evals.model import Suite
    from promptlint.evals.session import Setting
    from promptlint.evals.trial import Trial
    from promptlint.evaluation import EvalResult

_FORMATS = ("text", "json", "junit", "html")
_SUFFIXES = {".json": "json", ".xml": "junit", ".html": "html", ".txt": "text"}
_EXITS = {"accepted": 0, "rejected": 1, "undecided": 4}


@click.command("run")
@session.shared
@click.option("--candidate", metavar="PROMPT", help="A path or id, instead of the suite's candidate.")
@click.option("--margin", type=float, metavar="LOSS", help="Instead of the suite's, as 0.03.")
@click.option("--format", "format_", type=click.Choice(_FORMATS), default="text", help="Default: text.")
@click.option(
    "--write",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a report there, too; .json, .html, .xml (JUnit) or .txt says which. Several are taken.",
)
@click.option("--record", type=click.Path(path_type=Path), metavar="FILE", help="Write the answers there.")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Default: auto."
)
def command(**values: object) -> int:
    """Run a SUITE's cases, and say whether the candidate's quality has dropped.

    Compares the suite's candidate with its prompt, or with the blessed anchor where there is one.
    Exit codes: 0 accepted, 1 rejected, 4 undecided; with nothing to compare 0, 1 if a critical case fails,
    4 if a case has no answer; 2 usage or suite, before anything is paid; 130 interrupted.
    """
    from promptlint.errors import UsageError
    from promptlint.evals import trial

    given = values["files"]
    files = [file for file in given if isinstance(file, Path)] if isinstance(given, tuple) else []
    for file in files:
        if file.suffix not in _SUFFIXES:
            raise UsageError(f"{file}: expected a name that ends in {', '.join(_SUFFIXES)}")
    with session.opened(values) as (suite, setting):
        contest = trial.contest(_changed(suite, setting, values), setting)
        done = trial.tried(contest, setting, bool(values["anyway"]))
        record = values["record"]
        if isinstance(record, Path):
            _record(record, done)
    for file in files:
        options.write(file, _rendered(done.result, _SUFFIXES[file.suffix], "never"))
    click.echo(_rendered(done.result, str(values["format_"]), str(values["color"])), nl=False, color=True)
    return _exit_code(done)


def _changed(suite: Suite, setting: Setting, values: dict[str, object]) -> Suite:
    """The suite with what the command line says instead."""
    from dataclasses import replace

    from promptlint.errors import UsageError
    from promptlint.evals.model import PromptRef

    margin, candidate = values["margin"], values["candidate"]
    if isinstance(margin, float):
        if not 0 < margin < 1:
            raise UsageError(f"--margin {margin:g}: expected a number between 0 and 1, both excluded")
        suite = replace(suite, margin=margin)
    if isinstance(candidate, str):
        name, mark, anchor = candidate.partition("::")
        path = Path(name).resolve()
        if not path.is_relative_to(setting.folder.root):
            raise UsageError(f"--candidate {name}: lies outside of the project")
        beside = Path(os.path.relpath(path, setting.folder.base)).as_posix()
        suite = replace(suite, candidate=PromptRef(f"{beside}{mark}{anchor}"))
    return suite


def _exit_code(done: Trial) -> int:
    if done.measured.spent.interrupted:
        return 130
    if done.verdict is not None:
        return _EXITS[done.verdict.decision]
    if done.result.incomplete:
        return 4
    return int(any(case.critical and case.change == "broke" for case in done.result.results))


def _rendered(result: EvalResult, format_: str, color: str) -> str:
    from promptlint import style
    from promptlint.report.evals import html, json, junit, text

    if format_ != "text":
        return str({"json": json, "junit": junit, "html": html}[format_].render(result))
    look = text.Look(
        color=style.decide_color(sys.stdout, os.environ, color),
        width=style.terminal_width(sys.stdout, os.environ),
        ascii=(sys.stdout.encoding or "").lower().replace("-", "") not in ("utf8", "utf16"),
    )
    return text.render(result, look)


def _record(file: Path, done: Trial) -> None:
    from promptlint.evals import recording

    header, answers = done.measured.recorded()
    recording.write(file, header, answers)
