"""Rules about the model call: what is known of it decides, and what is not known is left alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint import calling, lint, retired
from promptlint.cards import load_cards
from promptlint.checks import hot_answer, premium_model
from promptlint.config import Config
from promptlint.extract import extract
from promptlint.model import UNKNOWN, Call, Field, Source, SourceKind, Span, Value
from promptlint.tasks import Kind, simple_task

from .conftest import RULES, Run, check, params_of, view_of

LABEL = "Classify the ticket as billing, technical or other. Answer with the label only."
LOOP = """
import csv
from tenacity import retry
from openai import OpenAI
client = OpenAI()

def label(text):
{loop}
        reply = client.chat.completions.create(
            model="gpt-4.1-mini",
            messages=[{{"role": "user", "content": f"Label the text as fine or spam: {{text}}"}}],
        )
{after}
"""


def sent(parameters: str, system: str = LABEL, model: str = "gpt-4.1") -> str:
    lines = "".join(f"{line}\n" for line in parameters.splitlines())
    return (
        f'model: {model}\n{lines}messages:\n- role: system\n  content: "{system}"\n'
        '- role: user\n  content: "{{text}}"\n'
    )


def messages(run: Run, code: str, text: str, path: str = "prompts/x.prompt.yaml") -> list[str]:
    return [hit.message for _, hit in run(code, text, path)]


# --- tasks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (LABEL, Kind.CLASSIFICATION),
        ("Your task is to categorize the mail.", Kind.CLASSIFICATION),
        ("You label lines of chat from a game.", Kind.CLASSIFICATION),
        ("Compare the letter with the list and put it into one of the groups below.", Kind.CLASSIFICATION),
        ("You route questions of engineers to one of our indexes.", Kind.ROUTING),
        ("Extract the number and the date from the invoice.", Kind.EXTRACTION),
        ("Rate the answer from 1 to 5.", Kind.SCORING),
        ("Is this call urgent? Answer yes or no.", Kind.YES_OR_NO),
        ("First describe the case, then decide. Classify the case as a or b.", Kind.CLASSIFICATION),
    ],
)
def test_a_simple_task_is_read_from_the_words(text: str, kind: Kind) -> None:
    task = simple_task(view_of(text))
    assert task is not None
    assert task.kind is kind


@pytest.mark.parametrize(
    "text",
    [
        "Classify the ticket. Write a reply to the customer.",
        "Write a letter to the customer who classified us as slow.",
        "Extract insights from the talk and summarize them.",
        "Is the plan good? Tell me all about it.",
        "code: sources. docs: pages.",
        "Explain the label on the bottle.",
        'He said: "Classify the ticket."',
    ],
)
def test_other_tasks_are_not_simple(text: str) -> None:
    assert simple_task(view_of(text)) is None


def test_an_agent_with_tools_has_no_simple_task_but_a_forced_tool_is_a_form(run: Run) -> None:
    free = sent("temperature: 1.0\ntools: [{name: a}]")
    forced = sent("temperature: 1.0\ntools: [{name: a}]\ntool_choice: required")
    assert messages(run, "CAL005", free) == []
    assert len(messages(run, "CAL005", forced)) == 1


# --- temperature, effort, model ---------------------------------------------------------------------


@given(st.floats(0, 2, allow_nan=False))
def test_a_temperature_is_hot_from_the_limit_on(heat: float) -> None:
    view = view_of(LABEL)
    field = Field("temperature", heat, Span(0, 1))
    object.__setattr__(view.prompt, "call", Call((field,)))
    limit = params_of("CAL005", hot_answer.Params).min_percent / 100
    assert bool(check("CAL005", view)) == (heat + 1e-9 >= limit)


@pytest.mark.parametrize("value", ["'0.9'", "null", "'{{heat}}'", "true"])
def test_a_temperature_that_is_no_number_is_not_judged(run: Run, value: str) -> None:
    assert messages(run, "CAL005", sent(f"temperature: {value}")) == []


def test_a_thinking_budget_counts_as_effort(run: Run) -> None:
    high, low = (f"thinking: {{type: enabled, budget_tokens: {tokens}}}" for tokens in (8000, 1024))
    assert messages(run, "CAL006", sent(high)) == [
        "reasoning (8,000 tokens) for classification: it is paid as output; low or minimal will do"
    ]
    assert messages(run, "CAL006", sent(low)) == []


def test_the_ratio_is_the_smaller_of_input_and_output(run: Run) -> None:
    (message,) = messages(run, "CAL001", sent("", model="gpt-5-pro"))
    assert message == "gpt-5-pro for classification: each token costs 20 times that of gpt-5.4-mini"


def test_no_model_that_is_about_to_go_is_proposed() -> None:
    params = params_of("CAL001", premium_model.Params)
    soon = retired.table_date() + timedelta(days=90)
    days = [retired.retired(name) for name in params.small.values() if name]
    assert all(day is None or day > soon for day in days)


def test_a_model_that_is_gone_is_not_called_dear(run: Run) -> None:
    assert messages(run, "CAL001", sent("", model="o1-pro")) == []


@pytest.mark.parametrize("model", ["gpt-5-mini", "my-own-model", "claude-haiku-4-5"])
def test_small_and_unknown_models_are_no_premium(run: Run, model: str) -> None:
    assert messages(run, "CAL001", sent("", model=model)) == []


def test_a_judge_may_be_a_better_model(run: Run) -> None:
    judge = sent("reasoning_effort: high", "Rate the answer from 1 to 5.", "o1-pro")
    assert messages(run, "CAL001", judge) == messages(run, "CAL006", judge) == []


def test_gone_and_going_models_are_told_apart(run: Run) -> None:
    day = retired.retired("gpt-5-mini")
    assert day is not None
    assert day > retired.table_date()
    assert messages(run, "CAL007", sent("", model="gpt-5-mini")) == []
    assert messages(run, "CAL008", sent("", model="gpt-4-32k")) == []
    assert messages(run, "CAL008", sent("", model="gpt-5-mini")) == [
        f"gpt-5-mini will be switched off on {day}"
    ]
    for azure in ("azure/gpt-4-32k", "gpt-35-turbo"):
        assert messages(run, "CAL007", sent("", model=azure)) == []


# --- loops ------------------------------------------------------------------------------------------


PARSED = (
    "        try:\n            return json.loads(reply)\n        except ValueError:\n            continue"
)


def module(loop: str, after: str = PARSED) -> str:
    return LOOP.format(loop=loop, after=after)


@pytest.mark.parametrize(
    "loop",
    ["    while True:", "    while 1:", "    notes = []\n    while True:\n        notes += [text]"],
)
def test_a_loop_without_limit_is_found(run: Run, loop: str) -> None:
    assert len(messages(run, "CAL002", module(loop), "x.py")) == 1


def test_a_loop_until_the_answer_is_allowed_is_found(run: Run) -> None:
    text = module(
        "    out = None\n    while out not in LABELS:", "        out = reply.choices[0].message.content"
    )
    assert len(messages(run, "CAL002", text, "x.py")) == 1


@pytest.mark.parametrize(
    "loop",
    [
        "    for attempt in range(3):",
        "    n = 0\n    while True:\n        n += 1",
        "    n = 0\n    while True:\n        n = n + 1",
        "    while True:\n        text = input()",
        "    while True:\n        text = queue.get_nowait()",
        "    while True:\n        tool_calls = []",
        "    while running:",
    ],
)
def test_loops_that_count_wait_or_take_steps_are_not_found(run: Run, loop: str) -> None:
    assert messages(run, "CAL002", module(loop), "x.py") == []


def test_a_loop_that_goes_on_after_an_answer_is_no_retry(run: Run) -> None:
    assert messages(run, "CAL002", module("    while True:", "        save(reply)"), "x.py") == []


@pytest.mark.parametrize(
    ("loop", "found"),
    [
        ('    for row in csv.DictReader(open("a.csv")):', 1),
        ('    for path in folder.glob("*.txt"):', 1),
        ('    rows = pd.read_csv("a.csv")\n    for row in rows.iterrows():', 1),
        ("    for row in rows:", 0),
        ("    for attempt in range(3):", 0),
    ],
)
def test_loops_over_files_could_be_batches(run: Run, loop: str, found: int) -> None:
    assert len(messages(run, "CAL004", module(loop, "        save(reply)"), "x.py")) == found


def test_a_loop_around_the_function_that_calls_counts_too(run: Run) -> None:
    text = (
        module("    if text:", "        return reply")
        + "\n\nfor line in open('a.txt'):\n    print(label(line))\n"
    )
    assert len(messages(run, "CAL004", text, "x.py")) == 1


# --- one call, several prompts ----------------------------------------------------------------------


def test_two_prompts_of_one_call_give_one_finding() -> None:
    text = (
        'SYSTEM = "You are the clerk of a shop. Answer in one sentence."\n'
        "client.chat.completions.create(\n    model='gpt-4-32k',\n"
        "    messages=[{'role': 'system', 'content': SYSTEM}, {'role': 'user', 'content': f'Answer this: {x}'}],\n)\n"
    )
    source = Source("x.py", text, SourceKind.PYTHON, named=True)
    assert len(extract(source).prompts) == 2
    settings = lint.settings(Config(Path(), select=("CAL007",)), load_cards(), (), frozenset())
    found = lint.check_source(source, settings).findings
    assert [finding.code for finding in found] == ["CAL007"]


# --- what is enforced -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "schema", "wanted"),
    [
        ("json_object", False, calling.JSON),
        ("json_schema", False, calling.ENFORCED),
        (UNKNOWN, False, calling.ENFORCED),
        ("application/json", True, calling.ENFORCED),
        ("text", False, None),
        (None, False, None),
    ],
)
def test_what_a_format_enforces(value: Value, schema: bool, wanted: str | None) -> None:
    fields = [Field("response_format", value, Span(0, 1))]
    fields += [Field("response_format.schema", "{}", Span(0, 1))] if schema else []
    found = calling.enforced(Call(tuple(fields)))
    assert (found[0] if found else None) == wanted


@pytest.mark.parametrize("code", [code for code in RULES if code.startswith("CAL") or code == "RED006"])
def test_no_call_no_finding(run: Run, code: str) -> None:
    text = f"{LABEL} Return only valid JSON. Always call the tool. Stop after END."
    assert messages(run, code, text, "prompts/x.txt") == []


def test_hostile_calls_are_read_in_time() -> None:
    body = "".join(f"    while True:\n        a{i} = f(a{i})\n" for i in range(2_000))
    calls = "".join(
        f'    r{i} = client.chat.completions.create(model="gpt-4.1", messages=[{{"role": "user", "content": "Label it now {i}"}}])\n'
        for i in range(150)
    )
    extract(Source("x.py", f"def f():\n{calls}{body}", SourceKind.PYTHON, named=True))


def test_a_script_says_what_its_provider_is_given(run: Run) -> None:
    text = (
        'const a = await generateText({ model: openai("gpt-5-pro"), maxOutputTokens: 99, temperature: 1,'
        ' providerOptions: { openai: { reasoningEffort: "high" } },'
        ' system: "Classify the message of the customer as praise or complaint. Only the label.", prompt });\n'
    )
    assert len(run("CAL006", text, "x.ts")) == 1
    assert len(run("CAL005", text, "x.ts")) == 1
    assert not run("CAL003", text, "x.ts")
    text = text.replace(
        '{ openai: { reasoningEffort: "high" } }',
        '{ anthropic: { thinking: { type: "enabled", budgetTokens: 8000 } } }',
    )
    assert len(run("CAL006", text, "x.ts")) == 1


def test_a_call_without_a_limit_is_marked_at_its_name(run: Run) -> None:
    text = (
        "def reply(text):\n    return client.chat.completions.create(\n        model='gpt-5',\n"
        "        messages=[{'role': 'user', 'content': f'Write a reply to the letter. {text}'}],\n    )\n"
    )
    ((_, hit),) = run("CAL003", text, "x.py")
    assert isinstance(hit.at, Field)
    assert text[hit.at.span.start : hit.at.span.end] == "client.chat.completions.create("


@pytest.mark.parametrize("made", ["AzureOpenAI()", "AnthropicVertex()"])
def test_clouds_have_dates_of_their_own(run: Run, made: str) -> None:
    text = (
        f"client = {made}\nclient.chat.completions.create(model='gpt-4', messages=["
        "{'role': 'user', 'content': f'Write a reply to the letter. {text}'}])\n"
    )
    assert not run("CAL007", text, "x.py")
    assert len(run("CAL007", text.replace(made, "OpenAI()"), "x.py")) == 1
