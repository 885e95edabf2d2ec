"""`promptlint eval mutants`: which requirements of a prompt no case of its suite would miss."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from promptlint.cli.evaluate import session

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from promptlint.evals.harness import Measured
    from promptlint.evals.model import Suite
    from promptlint.evals.noticing import Deletion, MutantsResult, Passes
    from promptlint.evals.session import Session, Setting
    from promptlint.evals.template import Template

_ORDER = ("survives", "undecided", "noticed")


@click.command("mutants")
@session.shared
@click.option("--first", is_flag=True, help="Ask no more of a deletion that a case has noticed.")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="Default: text."
)
def command(**values: object) -> int:
    """Delete each requirement of the prompt in turn, and list those that no case notices.

    A case notices a deletion if it passes with the prompt and fails without the requirement. Each deletion
    is run on every case, with --first until one notices it: what that may cost is bounded by --max-cost.
    Exit codes: 0 all are noticed, 1 some survive, 2 usage, 4 of some it cannot be said.
    """
    from promptlint import documents, jsondoc
    from promptlint.errors import SuiteError
    from promptlint.evals import noticing, prompting
    from promptlint.evals.session import Session

    with session.opened(values) as (suite, setting):
        if suite.prompt is None:
            raise SuiteError(f"{suite.path}:1: the suite names no `prompt`")
        template = prompting.template(suite.prompt, setting.folder, suite.path)
        with Session(setting, suite.path, _limit(suite, setting)) as asked:
            runs = _Runs(asked, suite)
            about = {case.id: case.about for case in suite.supported}
            if values["first"]:
                found = noticing.first(template, runs.some, list(about), about)
            else:
                found = noticing.noticing(template, runs.all, about)
    last = runs.last
    spent, notes = last.spent, (*last.suite.notes, *template.notes)
    result = noticing.MutantsResult(
        schema_version=noticing.SCHEMA_VERSION,
        suite=suite.path,
        prompt=template.id,
        content_hash=template.content_hash,
        cases=found.cases,
        noticed=found.count("noticed"),
        linked=found.linked,
        survives=found.count("survives"),
        undecided=found.count("undecided"),
        first=bool(values["first"]),
        recorded=last.source.recorded,
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


def _limit(suite: Suite, setting: Setting) -> float | None:
    """US dollars that may be spent; None: any."""
    return min((limit for limit in (suite.max_cost, setting.max_cost) if limit is not None), default=None)


class _Runs:
    """Runs prompts on the cases of a suite, all in one session; `last` is the run that was made last."""

    def __init__(self, asked: Session, suite: Suite) -> None:
        self.asked, self.suite = asked, suite
        self.last: Measured

    def all(self, templates: Sequence[Template]) -> list[Passes]:
        """Whether the answers to each prompt pass, by case."""
        return self._passes(templates, self.suite)

    def some(self, template: Template, cases: Sequence[str]) -> Passes:
        """The same of one prompt on some cases."""
        wanted = set(cases)
        chosen = [case for case in self.suite.cases if case.id in wanted]
        return self._passes([template], replace(self.suite, cases=tuple(chosen)))[0]

    def _passes(self, templates: Sequence[Template], suite: Suite) -> list[Passes]:
        from promptlint.evals import harness

        spent = self.asked.spent
        why_not = "the run ended before it was sent" if spent.interrupted or spent.stopped else ""
        arms = [harness.Arm(each) for each in templates]
        done = self.last = harness.within(self.asked, suite, arms, why_not)
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
    by_own = f" ({number(result.linked)} by a case about it)" if result.linked else ""
    yield (
        f"noticed {number(result.noticed)}{by_own}, survives {number(result.survives)}, "
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
