"""CAC001 to CAC004: what ends a prefix, what is too short to be cached, what lacks a mark."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promptlint.checks import cache_mark, cache_minimum, slot_before_static, volatile_prefix
from promptlint.costs import cache_minimum as minimum_of
from promptlint.model import Field

from .conftest import Run, count, params_of, view_of

RULES = (
    "Answer from the manual only, name the page that you used, and never guess a page that you did not read. "
)
LONG = RULES * 12
CALL = 'reply = client.messages.create(model="{model}", max_tokens=300, system={system}, messages=[{{"role": "user", "content": q}}])\n'


def test_a_clock_belongs_to_one_rule_only(run: Run) -> None:
    text = f"It is {{{{ now }}}}.\n\n{LONG}"
    assert [hit.caches for _, hit in run("CAC002", text)] == [count(f".\n\n{LONG}")]
    assert run("CAC001", text) == []


def test_a_slot_on_the_line_of_a_clock_is_the_same_fault(run: Run) -> None:
    assert run("CAC001", f"It is {{{{ now }}}}, {{{{ caller }}}} is on the line.\n\n{LONG}") == []
    assert len(run("CAC001", f"It is {{{{ now }}}}.\n{{{{ caller }}}} is on the line.\n\n{LONG}")) == 1


def test_a_clock_behind_another_slot_breaks_nothing(run: Run) -> None:
    text = f"{{{{ question }}}}\nIt is {{{{ now }}}}.\n\n{LONG}"
    assert run("CAC002", text) == []
    assert len(run("CAC001", text)) == 1


def test_a_clock_at_the_end_is_where_it_should_be(run: Run) -> None:
    assert run("CAC002", f"{LONG}\n\nIt is {{{{ now }}}}.") == []


def test_text_of_a_branch_is_not_in_every_request(run: Run) -> None:
    text = f"It is {{{{ now }}}}.\n{{% if long %}}{LONG}{{% endif %}}\n"
    assert run("CAC002", text) == []


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ("datetime.now()", 1),
        ("datetime.now().strftime('%d.%m.%Y')", 0),
        ("uuid.uuid4()", 1),
        ("', '.join(set(names))", 1),
        ("customer.name", 0),
    ],
)
@pytest.mark.parametrize(
    "fill",
    [
        "SYSTEM_PROMPT.format(start={made})",
        "SYSTEM_PROMPT.replace('{{start}}', {made})",
        "start = {made}\nsystem = SYSTEM_PROMPT.format(start=start)",
    ],
)
def test_what_fills_a_slot_is_found(run: Run, fill: str, made: str, expected: int) -> None:
    text = f'SYSTEM_PROMPT = """Begun {{start}}.\n\n{LONG}"""\nsystem = {fill.format(made=made)}\n'
    text = text.replace("system = start =", "start =")
    assert len(run("CAC002", text, "x.py")) == expected


def test_a_chain_of_langchain_is_followed(run: Run) -> None:
    text = (
        "from datetime import datetime\nfrom langchain_core.prompts import ChatPromptTemplate\n"
        f'prompt = ChatPromptTemplate.from_messages([("system", "Begun {{start}}. {LONG}"), ("human", "{{q}}")])\n'
        'chain = prompt | ChatOpenAI(model="gpt-4.1")\n'
        'chain.invoke({"start": datetime.now().isoformat(), "q": q})\n'
    )
    assert len(run("CAC002", text, "x.py")) == 1


def test_the_span_of_a_slot_goes_to_the_last_one_of_the_opening(run: Run) -> None:
    ((_, hit),) = run("CAC001", f"{{{{ a_note }}}}\n{{{{ question }}}}\n{LONG}\n{{{{ hint }}}}\n{LONG}")
    assert hit.at == view_of("{{ a_note }}\n{{ question }}").blocks[0].span


@given(
    st.lists(st.sampled_from(["{{ question }} ", "{{ now }}\n", "{{ today }} ", RULES, "\n"]), max_size=12)
)
@settings(deadline=None)
def test_no_place_is_told_by_both_rules(parts: list[str]) -> None:
    view = view_of("Be brief. " + "".join(parts))
    slots = params_of("CAC001", slot_before_static.Params)
    clocks = params_of("CAC002", volatile_prefix.Params)
    one = list(slot_before_static.check(view, replace(slots, min_tokens=10)))
    other = list(volatile_prefix.check(view, replace(clocks, min_tokens=10)))
    assert len(one) <= 1
    assert len(other) <= 1
    assert not {hit.at for hit in one} & {hit.at for hit in other}


@pytest.mark.parametrize(("words", "said"), [(40, ""), (59, "short"), (64, "over"), (90, "")])
def test_only_a_prefix_near_the_minimum_is_told(words: int, said: str) -> None:
    assert minimum_of("deepseek-chat") == 64
    text = '[{"role": "system", "content": "' + "Name the page. " * 8 + "a" + " a" * (words - 33) + '"}]'
    view = view_of(f'client.chat.completions.create(model="deepseek-chat", messages={text})\n', "x.py")
    assert view.count(view.text) == words
    usual = params_of("CAC003", cache_minimum.Params)
    assert list(cache_minimum.check(view, usual)) == []  # too short to be worth a word
    hits = list(cache_minimum.check(view, replace(usual, least=64)))
    assert [said in hit.message for hit in hits] == ([True] if said else [])


def test_tools_that_are_not_known_silence(run: Run) -> None:
    call = 'client.chat.completions.create(model="gpt-5-mini", messages=[{{"role": "system", "content": "{}"}}]{})'
    text = RULES * 40
    assert 0.85 * 1024 <= count(text) < 1024
    assert len(run("CAC003", call.format(text, ""), "x.py")) == 1
    assert run("CAC003", "from x import TOOLS\n" + call.format(text, ", tools=TOOLS"), "x.py") == []


@pytest.mark.parametrize(
    ("model", "around", "expected"),
    [
        ("claude-sonnet-4-5", "", 1),
        ("anthropic/claude-sonnet-4-5", "", 1),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "", 1),
        ("claude-2.1", "", 0),
        ("gpt-5-mini", "", 0),
        ("claude-sonnet-4-5", "MARK = {'cache_control': {'type': 'ephemeral'}}\n", 0),
        ("claude-haiku-4-5", "", 0),
    ],
)
def test_a_mark_is_missed_only_where_one_is_needed(run: Run, model: str, around: str, expected: int) -> None:
    text = f'{around}GUIDE = """{RULES * 60}"""\n' + CALL.format(model=model, system="GUIDE")
    hits = run("CAC004", text, "x.py")
    assert len(hits) == expected
    for prompt, hit in hits:
        assert isinstance(hit.at, Field)
        assert prompt.source.text[hit.at.span.start : hit.at.span.end] == "GUIDE"


def test_a_short_guide_needs_no_mark(run: Run) -> None:
    text = f'GUIDE = """{RULES * 3}"""\n' + CALL.format(model="claude-sonnet-4-5", system="GUIDE")
    assert run("CAC004", text, "x.py") == []
    assert list(cache_mark.check(view_of(text, "x.py"), cache_mark.Params(("anthropic",), 20)))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('f"{datetime.now():%H:%M:%S}\\n"', 1),
        ("HEAD.format(run=uuid.uuid4())", 1),
        ('f"{name}\\n"', 0),
        ('"Be brief.\\n"', 0),
    ],
)
def test_what_is_put_before_a_prompt_is_found(run: Run, head: str, expected: int) -> None:
    text = (
        f'HEAD = "Run {{run}}."\nSYSTEM_PROMPT = """{LONG}"""\nhead = {head}\n'
        'client.messages.create(model="claude-sonnet-4-5", max_tokens=9, system=head + SYSTEM_PROMPT, messages=[])\n'
    )
    found = [hit for prompt, hit in run("CAC002", text, "x.py") if prompt.id.endswith("SYSTEM_PROMPT")]
    assert len(found) == expected


def test_context_that_is_looked_up_is_told_apart(run: Run) -> None:
    ((_, hit),) = run("CAC001", f"{{{{ context }}}}\n{LONG}")
    assert "context that changes evicts them" in hit.message
    ((_, other),) = run("CAC001", f"{{{{ question }}}}\n{LONG}")
    assert "evicts" not in other.message


@pytest.mark.parametrize(
    "text",
    [
        "{hearts: AJ, clubs: 8}\n" + LONG,
        "{{ 'one' if short else 'two' }}\n" + LONG,
        "{% for one in shots %}{{ loop.index }}{% endfor %}\n" + LONG,
    ],
)
def test_what_is_no_slot_ends_no_prefix(run: Run, text: str) -> None:
    assert not run("CAC001", text, "x.txt" if text.startswith("{h") else "x.j2")
