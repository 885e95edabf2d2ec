"""CTX001 and CTX002: lists that grow with a conversation, and files that go in whole."""

from __future__ import annotations

import pytest

from promptlint.model import Field

from .conftest import Found, Run

SYSTEM = 'SYSTEM = "You answer questions of customers of a shop for garden tools."\n'
OBJECT = """
class Chat:
    def __init__(self):
        self.turns = [{start}]

    def ask(self, text):
        {reset}
        self.turns.append({{"role": "user", "content": {said}}})
        {more}
        reply = client.chat.completions.create(model="gpt-5-mini", messages={sent})
        self.turns.append({{"role": "assistant", "content": reply}})
"""
LOOP = """
messages = [{"role": "system", "content": SYSTEM}]
while True:
    SAID
    messages.append({"role": "user", "content": question})
    reply = client.chat.completions.create(model="gpt-5-mini", messages=messages)
    messages.append({"role": "assistant", "content": reply})
"""


def made(**parts: str) -> str:
    usual = {"start": '{"role": "system", "content": SYSTEM}', "reset": "", "more": "", "said": "text"}
    return SYSTEM + OBJECT.format(**{**usual, "sent": "self.turns", **parts})


def marked(found: Found) -> list[str]:
    return [
        prompt.source.text[hit.at.span.start : hit.at.span.end]
        for prompt, hit in found
        if isinstance(hit.at, Field)
    ]


def test_a_list_that_an_object_keeps(run: Run) -> None:
    assert marked(run("CTX001", made(), "x.py")) == ["self.turns"]


def test_it_is_told_once_for_all_prompts_of_the_call(run: Run) -> None:
    text = made(
        start="",
        sent='[{"role": "system", "content": SYSTEM}, *self.turns, {"role": "user", "content": LAST}]',
    )
    found = run(
        "CTX001", 'LAST = "Answer in the language of the customer, in one sentence."\n' + text, "x.py"
    )
    assert marked(found) == ["self.turns"]


@pytest.mark.parametrize(
    "parts",
    [
        {"sent": "self.turns[-8:]"},
        {"sent": "trim_messages(self.turns)"},
        {"more": "self.turns = self.turns[-8:]"},
        {"more": "self.shorten(self.turns)"},
        {"more": "if len(self.turns) > 9: del self.turns[1:3]"},
        {"reset": 'self.turns = [{"role": "system", "content": SYSTEM}]'},
        {"said": '"Go on."'},
    ],
)
def test_a_list_that_is_kept_short_or_begun_anew(run: Run, parts: dict[str, str]) -> None:
    assert run("CTX001", made(**parts), "x.py") == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ('question = input("> ")', ["messages"]),
        ('question = input("> ").strip()', ["messages"]),
        ("question = await listen()", ["messages"]),
        ("question = corrected(reply)", []),
    ],
)
def test_a_loop_that_asks_somebody(run: Run, said: str, expected: list[str]) -> None:
    code = SYSTEM + LOOP.replace("SAID", said)
    if "await" in said:
        code = SYSTEM + "async def main():\n" + LOOP.replace("SAID", said).replace("\n", "\n    ")
    assert marked(run("CTX001", code, "x.py")) == expected


def test_what_a_page_keeps_and_copies(run: Run) -> None:
    code = SYSTEM + (
        'st.session_state.messages.append({"role": "user", "content": prompt})\n'
        'client.chat.completions.create(model="gpt-5-mini", messages=[{"role": "system", "content": SYSTEM}] + '
        '[{"role": m["role"], "content": m["content"]} for m in st.session_state.messages])\n'
    )
    assert marked(run("CTX001", code, "x.py")) == ["st.session_state.messages"]
    assert run("CTX001", code.replace("state.messages]", "state.messages[-9:]]"), "x.py") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Help.\n{% for m in chat_history %}{{ m.role }}: {{ m.content }}\n{% endfor %}", 1),
        ("Help.\n{%- for m in state.chat_history -%}{{ m.role }}\n{%- endfor -%}", 1),
        ("Help.\n{% for m in chat_history[-4:] %}{{ m.role }}\n{% endfor %}", 0),
        ("Help.\n{% for m in chat_history | list %}{{ m.role }}\n{% endfor %}", 0),
        ("Help.\n{% for m in orders %}{{ m.role }}\n{% endfor %}", 0),
        ("Help.\n{% for m in chat_history %}{% endfor %}", 0),
    ],
)
def test_loops_of_a_template(run: Run, text: str, expected: int) -> None:
    assert [hit.minor for _, hit in run("CTX001", text)] == [True] * expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('MessagesPlaceholder("chat_history")', 1),
        ('MessagesPlaceholder(variable_name="history", optional=True)', 1),
        ('MessagesPlaceholder("history", n_messages=10)', 0),
        ('MessagesPlaceholder("agent_scratchpad")', 0),
    ],
)
def test_placeholders(run: Run, given: str, expected: int) -> None:
    code = (
        "from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder\n"
        f'p = ChatPromptTemplate.from_messages([("system", "You answer questions of customers."), {given}])\n'
    )
    assert len(run("CTX001", code, "x.py")) == expected


def test_many_loops_are_read(run: Run) -> None:
    run("CTX001", "Help the customer.\n" + "{% for m in chat_history %}a{% endfor %}" * 800)


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        ("{path.read_text()}", 1),
        ("{open(path).read()}", 1),
        ("{path.read_text()[:9000]}", 0),
        ("{truncate(path.read_text())}", 0),
        ("{figures}", 0),
        ("{report}", 1),
        ("{report[:9000]}", 0),
    ],
)
def test_whole_files(run: Run, slot: str, expected: int) -> None:
    text = f'prompt = f"Sum up the report below in five sentences for the board of the shop. {slot}"\n'
    assert len(run("CTX002", text, "x.py")) == expected


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ("'\\n'.join(f\"{t['who']}: {t['text']}\" for t in transcript)", 1),
        ("'\\n'.join(f\"{t['start']} {t['text']}\" for t in transcript)", 0),
        ("'\\n'.join(f\"{t['who']}: {t['text']}\" for t in transcript[-9:])", 0),
        ("'\\n'.join(f\"{t['who']}: {t['text']}\" for t in products)", 0),
    ],
)
def test_a_conversation_that_is_joined_whole(run: Run, turns: str, expected: int) -> None:
    text = (
        'SYSTEM_PROMPT = "You sum up what the customer and the shop have said, in three sentences."\n'
        f"said = {turns}\n"
        'client.messages.create(model="claude-sonnet-4-5", max_tokens=9, system=SYSTEM_PROMPT,\n'
        '    messages=[{"role": "user", "content": f"Talk:\\n{said}"}])\n'
    )
    assert sum(1 for _, _ in run("CTX001", text, "x.py")) == expected


def test_a_list_that_the_caller_keeps(run: Run) -> None:
    text = (
        'SYSTEM_PROMPT = "You answer questions of customers of a shop for garden tools."\n'
        "def say(history, heard):\n"
        '    history.append({"role": "user", "content": heard})\n'
        '    reply = client.messages.create(model="claude-sonnet-4-5", system=SYSTEM_PROMPT, messages=history)\n'
        '    history.append({"role": "assistant", "content": reply.content})\n'
        "    return history\n"
    )
    ((_, hit),) = run("CTX001", text, "x.py")
    assert "$11.40 in 1,000 such calls of claude-sonnet-4-5" in hit.message
    assert not run("CTX001", text.replace("messages=history", "messages=history[-8:]"), "x.py")
