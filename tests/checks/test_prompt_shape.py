"""CAC001, EXA, OUT001, TOK006 and TPL002: what depends on messages, calls and branches."""

from __future__ import annotations

import pytest

from promptlint.checks import token_budget
from promptlint.view import View

from .conftest import Run, view_of

LONG = "Answer from the manual only, and name the page of the manual that you used in every answer. " * 16


def test_fixed_text_of_a_later_message_counts(run: Run) -> None:
    text = f"messages:\n  - role: user\n    content: 'Question: {{{{ question }}}}'\n  - role: user\n    content: {LONG}\n"
    (_, hit), *_ = run("CAC001", text, "prompts/x.yaml")
    assert "{{ question }}" in hit.message


def test_fixed_text_before_the_slot_is_fine(run: Run) -> None:
    text = f"messages:\n  - role: system\n    content: {LONG}\n  - role: user\n    content: '{{{{ question }}}}'\n"
    assert run("CAC001", text, "prompts/x.yaml") == []


def test_text_that_not_every_request_holds_does_not_count(run: Run) -> None:
    assert run("CAC001", f"{{{{ question }}}}\n{{% if manual %}}{LONG}{{% endif %}}\n") == []


def test_the_slot_of_a_loop_is_named(run: Run) -> None:
    (_, hit), *_ = run("CAC001", f"{{% for turn in history %}}{{{{ turn.text }}}}\n{{% endfor %}}\n{LONG}\n")
    assert "{{ turn.text }}" in hit.message


@pytest.mark.parametrize("slot", ["{TOOLS}", "{max_words}", "{format_instructions}"])
def test_constants_and_settings_are_stable(run: Run, slot: str) -> None:
    assert run("CAC001", f'SYSTEM_PROMPT = f"""Use {slot}. {LONG}"""\n', "x.py") == []


@pytest.mark.parametrize(
    "request_",
    [
        "Return your evaluation as JSON with these fields:",
        "Your output should be in json format.",
        "Only output valid JSON.",
        "Respond with ONLY a JSON object.",
        "The response must be a single JSON object.",
        "Format your response in JSON.",
        "Convert all responses into valid JSON output.",
    ],
)
def test_requests_for_json_are_found(run: Run, request_: str) -> None:
    shown = '{"score": 3}'
    assert len(run("OUT001", f"Rate the answer.\n\n{request_}\n{shown}\n\n{{{{ answer }}}}\n")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Use the JSON results to answer the question.",
        "Provide a summary of the JSON document.",
        "Never answer in JSON.",
        "Read the JSON below and reply in English.",
        "Write the answer to a JSON file.",
        "Return the path of the JSON schema.",
        "Explain what JSON-RPC is.",
    ],
)
def test_talk_of_json_is_no_request(run: Run, text: str) -> None:
    assert run("OUT001", f"{text}\n\n{{{{ input }}}}\n") == []


def test_a_call_that_sets_the_format_may_be_asked_in_words_too(run: Run) -> None:
    text = (
        "from openai import OpenAI\n"
        "client = OpenAI()\n"
        "client.chat.completions.create(\n"
        "    model='gpt-4o',\n"
        "    response_format={'type': 'json_object'},\n"
        "    messages=[{'role': 'system', 'content': 'Rate the answer. Respond with a JSON object.'}],\n"
        ")\n"
    )
    assert run("OUT001", text, "x.py") == []
    assert len(run("OUT001", text.replace("    response_format={'type': 'json_object'},\n", ""), "x.py")) == 1


def test_examples_that_end_differently_are_a_contrast(run: Run) -> None:
    shots = "".join(f"Input: The phone number is {n}.\nOutput: {n}\n\n" for n in ("555 0100", "555 0199"))
    assert run("EXA002", f"Find the number.\n\n{shots}Input: {{{{ text }}}}\nOutput:") == []


def test_a_text_within_its_budget_is_never_counted() -> None:
    def refuse(text: str) -> int:
        raise AssertionError(text)

    view = View(view_of("Be brief.").prompt, refuse)
    assert list(token_budget.check(view, token_budget.Params(tokens=2000, agent_tokens=5000))) == []


def test_a_variable_of_a_statement_is_found_too(run: Run) -> None:
    text = (
        "---\ninputs:\n  question: {type: string}\n---\n{% if formal %}Be formal.{% endif %} {{ question }}\n"
    )
    (_, hit), *_ = run("TPL002", text)
    assert hit.message == "formal is read but not declared"
    assert hit.at is not None
