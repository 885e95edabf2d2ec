"""`promptlint eval mutants`: which requirements of a prompt no case of its suite would miss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from promptlint.cli.evaluate import session

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promptlint.evals.harness import Measured
    from promptlint.evals.model import Suite
    from promptlint.evals.noticing import Deletion, MutantsResult, Passes
    from promptlint.evals.session import Setting
    from promptlint.evals.template import Template

_ORDER = ("survives", "undecided", "noticed")


@click.command("mutants")
@session.shared
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="Default: text."
)
def command(**values: object) -> int:
    """Delete each requirement of the prompt in turn, and list those that no case notices.

    A case notices a deletion if it passes with the prompt and fails without the requirement. Each deletion
    is run on every case: what that may cost is bounded by --max-cost.
    Exit codes: 0 all are noticed, 1 some survive, 2 usage, 4 of some it cannot be said.
    """
    from promptlint import documents, jsondoc
    from promptlint.errors import SuiteError
    from promptlint.evals import noticing, prompting

    with session.opened(values) as (suite, setting):
        if suite.prompt is None:
            raise SuiteError(f"{suite.path}:1: the suite names no `prompt`")
        template = prompting.template(suite.prompt, setting.folder, suite.path)
        runs: list[Measured] = []
        found = noticing.noticing(template, lambda templates: _passes(suite, templates, setting, runs))
    spent, notes = runs[0].spent, (*runs[0].suite.notes, *template.notes)
    result = noticing.MutantsResult(
        schema_version=noticing.SCHEMA_VERSION,
        suite=suite.path,
        prompt=template.id,
        content_hash=template.content_hash,
        cases=found.cases,
        noticed=found.count("noticed"),
        survives=found.count("survives"),
        undecided=found.count("undecided"),
        recorded=runs[0].source.recorded,
        calls=spent.calls,
        cached_calls=spent.cached,
        usd_spent=spent.usd,
        notes=tuple(dict.fromkeys(notes)),
        deletions=found.deletions,
    )
    if values["format_"] == "json":
        click.echo(jsondoc.dumps(documents.to_json(result)))
    else:
        click.echo("\n".join(_lines(result)))
    return found.exit_code


def _passes(
    suite: Suite, templates: Sequence[Template], setting: Setting, runs: list[Measured]
) -> list[Passes]:
    """Whether the answers to each prompt pass, by case; the run itself joins `runs`."""
    from promptlint.evals.harness import Arm, measured

    done = measured(suite, [Arm(template) for template in templates], setting)
    runs.append(done)
    return [
        {case: [answer.passed for answer in arms[index]] for case, arms in done.answers.items()}
        for index in range(len(templates))
    ]


def _lines(result: MutantsResult) -> Iterator[str]:
    from promptlint.style import number, plural, visible

    source = "recorded answers" if result.recorded else "measured"
    deleted = plural(len(result.deletions), "requirement")
    yield f"{visible(result.prompt)}: {deleted} deleted in turn ({source})"
    for outcome in _ORDER:
        for item in result.deletions:
            if item.outcome == outcome:
                yield _line(item)
    for note in result.notes:
        yield f"note: {visible(note)}"
    yield (
        f"noticed {number(result.noticed)}, survives {number(result.survives)}, "
        f"undecided {number(result.undecided)}; {plural(result.cases, 'case')} that the prompt passes"
    )
    if result.survives:
        yield "what survives is asked of the model and not of its answers: add a case, or delete it"


def _line(item: Deletion) -> str:
    from promptlint.style import visible

    shown = item.text if len(item.text) <= 90 else f"{item.text[:87]}..."
    place = f"line {item.line}: " if item.line else ""
    by = f" (by {item.noticed_by}, as {visible(item.cases[0])})" if item.cases else ""
    return f"  {item.outcome:9} {place}{visible(shown)}{by}"
