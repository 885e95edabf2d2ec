"""The plan in its four formats: the same numbers, nothing hostile, readable without eyes and on paper."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import Page

from plan.facts import case_of, facts, finding, usage_of
from promptlint import documents, planned, svg
from promptlint.errors import UsageError
from promptlint.plan import document
from promptlint.plan.quantity import Quantity
from promptlint.plan.stack import stack
from promptlint.planned import Before, Changed, LeftOut, Plan, WhatIf
from promptlint.report import plan as report
from promptlint.report.plan import words
from promptlint.style import usd

SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"
HOSTILE = "a/<script>alert(1)</script>`|\x1b[2J\n::error::x\u202e@all #1 $x$.md"


def plan_of(name: str = "app/bot.py::SYSTEM", model: str = "gpt-4o") -> Plan:
    """A plan with all that it can have."""
    stated = usage_of(
        calls_per_month=Quantity(400_000, 500_000, 900_000), latency="day", growth_per_week=0.1, examples=800
    )
    prompt = facts(
        name, tokens=3000, model=model, slots=2, examples=900, fixable_tokens=40, priced_as="gpt-4o"
    )
    codes = ("CAC001", "OUT004", "CAL002")
    findings = tuple(replace(finding(code, name), message=f"{code} in {name}") for code in codes)
    case, shared = case_of(prompt, stated, findings)
    made = document.plan(stack([case], shared), shared)
    one = made.start
    return replace(
        made,
        usage=name,
        left_out=(LeftOut(name, f"no price is known for its model, {name}"),),
        what_if=WhatIf(f"model={name}", one, one, -1.5, (f"of {name}",)),
        before=Before("main", "f" * 40, one, 2.5, (Changed(name, None, 3.0), Changed("old", 4.0, None))),
        notes=(f"usage.yaml:1: no prompt matches {name!r}",),
    )


EMPTY = replace(
    plan_of(),
    prompts=(), steps=(), refusals=(), figures=(), sensitivity=(), weeks=(), curves=(),
    left_out=(), what_if=None, before=None, notes=("no prompt was found",),
)  # fmt: skip


@pytest.mark.parametrize("name", list(report.FORMATS))
@pytest.mark.parametrize(
    "plan", [plan_of(), plan_of(HOSTILE, HOSTILE), EMPTY], ids=["plain", "hostile", "empty"]
)
@pytest.mark.parametrize(
    "look", [report.Look(), report.Look(True, 40, True), report.Look(width=160, explain=True)]
)
def test_every_format_shows_every_plan(name: str, plan: Plan, look: report.Look) -> None:
    text = report.render(name, plan, look)
    assert text.endswith("\n")
    assert text.encode("utf-8")
    assert "\x1b[2J" not in text
    assert not re.search(r"^\s*::", text, re.MULTILINE)
    assert "\u202e" not in text


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UsageError, match="known are text, json, markdown, html"):
        report.render("pdf", EMPTY, report.Look())


# --- JSON -----------------------------------------------------------------------------------


def test_the_json_is_what_the_schema_says() -> None:
    schema = json.loads((SCHEMAS / "plan.json").read_text(encoding="utf-8"))
    assert schema == json.loads(json.dumps(planned.schema()))
    for plan in (plan_of(), plan_of(HOSTILE, HOSTILE), EMPTY):
        data = json.loads(report.render("json", plan, report.Look()))
        jsonschema.Draft202012Validator(schema).validate(data)
        assert documents.to_json(documents.from_json(Plan, data)) == data


# --- the terminal ---------------------------------------------------------------------------


def test_the_terminal_names_every_step_with_its_money_and_command() -> None:
    plan = plan_of()
    text = report.render("text", plan, report.Look(width=110))
    for step in plan.steps:
        assert step.title in text
        assert words.money(step.saving) in text
        assert f"$ {step.next}" in text
    assert "█" in text
    assert "Do not" in text
    assert words.headline(plan) in text.replace("\n", " ")


@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
def test_lines_fit_but_for_what_is_copied(width: int) -> None:
    for plan in (plan_of(), plan_of(HOSTILE, HOSTILE)):
        for line in report.render("text", plan, report.Look(width=width)).splitlines():
            assert len(line) <= width or line.startswith(("    $ ", "   ")) or line[0].isdigit(), line


def test_explain_derives_every_number() -> None:
    plan = plan_of()
    text = report.render("text", plan, report.Look(width=160, explain=True))
    plain = " ".join(text.split())
    for each in plan.figures:
        assert f"{each.key}" in plain
        assert " ".join(each.source.split()) in plain
    for lines in [step.derivation for step in plan.steps] + [each.derivation for each in plan.prompts]:
        assert lines
        for line in lines:
            assert " ".join(line.split()) in plain
    assert "snapshot 2026-" in plain


def test_derived_numbers_are_those_of_the_plan() -> None:
    """Each derivation of a step ends with the saving of the prompt that it is for."""
    plan = plan_of()
    for step in plan.steps:
        for touched in step.prompts:
            line = next(each for each in step.derivation if each.startswith(touched.prompt))
            assert line.endswith(f"= {usd(touched.saving)} a month")
    assert plan.prompts[0].derivation[0].endswith(f"= {usd(plan.prompts[0].start.mid)} a month")


def test_many_reasons_are_counted_not_listed() -> None:
    from promptlint.planned import Refusal

    found = tuple(
        Refusal("fine-tuning", "Fine-tune", f"reason {n}", tuple("abcdefgh"[: 8 - n])) for n in range(7)
    )
    plan = replace(plan_of(), refusals=(*found, Refusal("batch", "Batch", "no price", ())))
    for name in ("text", "markdown", "html"):
        text = " ".join(report.render(name, plan, report.Look()).split())
        assert all(f"reason {n}" in text for n in range(3))
        assert "reason 3" not in text
        assert text.count("4 more reasons for other prompts") == 1
        assert "no price" in text


def test_the_reason_that_holds_for_most_of_the_spend_comes_first() -> None:
    from promptlint.planned import Refusal

    plan = plan_of()
    small, large = (
        Refusal("batch", "Batch", "of three", ("x", "y", "z")),
        Refusal("batch", "Batch", "of the dearest", (plan.prompts[0].prompt,)),
    )
    shown = [each.reason for each, _ in words.refusals(replace(plan, refusals=(small, large)))]
    assert shown == ["of the dearest", "of three"]


# --- Markdown -------------------------------------------------------------------------------


def test_hostile_names_stand_in_code() -> None:
    text = report.render("markdown", plan_of(HOSTILE, HOSTILE), report.Look(explain=True))
    for line in text.splitlines():
        outside = re.sub(r"(`+)(?:(?!\1).)*?[^`]\1(?!`)", "", line)
        assert "<script" not in outside, line
        assert "@all" not in outside, line


def test_tables_of_markdown_have_as_many_cells_in_every_row() -> None:
    text = report.render("markdown", plan_of(HOSTILE, HOSTILE), report.Look())
    for block in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        counts = {len(re.sub(r"\\.", "", line).strip().strip("|").split("|")) for line in block.splitlines()}
        assert len(counts) == 1, block


# --- the page -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "plan", [plan_of(), plan_of(HOSTILE, HOSTILE), EMPTY], ids=["plain", "hostile", "empty"]
)
def test_the_page_is_whole_and_loads_nothing(plan: Plan) -> None:
    html = report.render("html", plan, report.Look())
    page = Page.of(html)
    assert not page.problems
    assert "script" not in page.skeleton
    names = {name for name, _ in page.attributes}
    assert not {"src", "href", "style", "onclick", "onload", "action", "srcset"} & names
    assert "http" not in re.sub(r"http-equiv", "", html)
    assert "url(" not in html
    assert "@import" not in html


def test_the_policy_allows_this_style_and_nothing_else() -> None:
    import base64
    import hashlib

    html = report.render("html", plan_of(), report.Look())
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert style is not None
    assert policy is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert (
        policy[1] == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_charts_are_told_to_those_who_do_not_see_them() -> None:
    html = report.render("html", plan_of(), report.Look())
    images = re.findall(r"<svg [^>]*>.*?</svg>", html, re.DOTALL)
    assert len(images) == 5  # waterfall, weeks, two curves, tornado
    for image in images:
        name = re.search(r'aria-labelledby="(\S+) (\S+)"', image)
        assert name is not None
        assert 'role="img"' in image
        assert re.search(rf'<title id="{name[1]}">[^<]+</title><desc id="{name[2]}">[^<]+</desc>', image)
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert '<html lang="en">' in html
    assert html.count("<h1>") == 1
    assert html.count("<table>") == html.count("<caption>")
    assert html.count('tabindex="0"') == html.count("<table>") + html.count("<figure>")
    assert html.count('<th scope="col"') == html.count("<th ")


def test_the_page_has_every_figure_of_the_plan() -> None:
    plan = plan_of()
    page = Page.of(report.render("html", plan, report.Look()))
    for each in plan.figures:
        assert each.key in page.codes
        assert each.source in page.outside
    for step in plan.steps:
        assert step.next in page.codes
        assert step.title in page.outside


def test_coordinates_stay_inside_their_image() -> None:
    html = report.render("html", plan_of(), report.Look())
    for image in re.findall(r"<svg .*?</svg>", html, re.DOTALL):
        box = re.search(r'viewBox="0 0 (\d+) ([\d.]+)"', image)
        assert box is not None
        width, height = float(box[1]), float(box[2])
        xs = [float(x) for x in re.findall(r' (?:x|cx)="([-\d.]+)"', image)]
        ys = [float(y) for y in re.findall(r' (?:y|cy)="([-\d.]+)"', image)]
        for pair in re.findall(r"([-\d.]+),([-\d.]+)", " ".join(re.findall(r'points="([^"]*)"', image))):
            xs.append(float(pair[0]))
            ys.append(float(pair[1]))
        assert min(xs) >= 0
        assert max(xs) <= width
        assert min(ys) >= 0
        assert max(ys) <= height


@settings(deadline=None)
@given(st.floats(1e-6, 1e12))
def test_ticks_are_round_and_few(most: float) -> None:
    found = svg.ticks(most)
    assert found[0] == 0
    assert 2 <= len(found) <= 11
    assert found[-1] <= most * (1 + 1e-6)
    steps = {f"{after - before:.6e}"[0] for before, after in pairwise(found)}
    assert steps <= set("125")


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0, "0"), (950.0, "950"), (2500.0, "2.5k"), (1.2e6, "1.2M"), (3e9, "3B")]
)
def test_numbers_on_axes_are_short(value: float, shown: str) -> None:
    assert svg.short(value) == shown
