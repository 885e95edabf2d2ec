"""The prompt that a suite names, found as all commands find it, and filled in for each case."""

from __future__ import annotations

import string
from pathlib import Path

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint import rendering
from promptlint.errors import SuiteError
from promptlint.evals import prompting
from promptlint.evals.model import Message
from tests.evals_prompts.support import case, own, said, template, written

TICKETS = "Classify the ticket as billing or bug.\n\nTicket: {{ ticket }}\n"
APP = """
from openai import OpenAI

client = OpenAI()
SYSTEM = "You are a support bot. Classify the ticket as billing, bug or other. Answer with one word."


def ask(ticket, user, loud):
    style = "Be brief."
    if loud:
        style += " Write all of your answer in capital letters, please."
    return client.chat.completions.create(
        model="gpt-4o-mini",
        temperature=0.2,
        max_tokens=10,
        stream=True,
        response_format={"type": "json_object"},
        messages=[
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": f"Ticket of {user.name}: {ticket} {style}"},
        ],
    )


def old(a, b):
    return client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": "Compare %s with %s and answer with one word." % (a, b)}],
    )
"""
CALL = "app.py::ask:client.chat.completions.create.messages"


# --- which prompt ---------------------------------------------------------------------------


def test_names_are_of_the_suites_folder_then_of_the_root(tmp_path: Path) -> None:
    folder = written(tmp_path, prompts___t__md=TICKETS, evals___own__md="Own {{ x }}", own__md="Root {{ x }}")
    assert template(folder, "prompts/t.md").id == "prompts/t.md"
    assert template(folder, "../prompts/t.md").id == "prompts/t.md"
    assert template(folder, "own.md").id == "evals/own.md"
    assert said(template(folder, "own.md"), x="1") == [("user", "Own 1")]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nope.md", "there is no such file"),
        ("prompts", "there is no such file"),
        ("../../secret.md", "it lies outside of"),
        ("/etc/passwd", "it lies outside of"),
        ("link.md", "it lies outside of"),
        ("x" * 5000, "there is no such file"),
        ("https://example.com/p.md", "is no path"),
        ("a\0b", "is no path"),
        ("app.py", "holds 4 prompts; name one: app.py::SYSTEM, "),
        ("app.py::GONE", "there is no prompt 'app.py::GONE'; there are app.py::SYSTEM, "),
        ("latin.md", "not UTF-8"),
        ("data.json", "holds no prompt"),
    ],
)
def test_a_name_that_is_no_prompt_says_why_and_where(tmp_path: Path, name: str, why: str) -> None:
    outside = tmp_path / "secret.md"
    outside.write_text("Keep this.", encoding="utf-8")
    root = tmp_path / "project"
    root.mkdir()
    folder = written(root, app__py=APP, data__json='{"a": 1}', prompts___t__md=TICKETS)
    (root / "latin.md").write_bytes(b"Classify \xff {{ x }}")
    (root / "link.md").symlink_to(outside)
    with pytest.raises(SuiteError, match=r"^evals/s\.yaml:7: ") as error:
        template(folder, name)
    assert why in str(error.value)


def test_a_broken_template_names_its_own_line(tmp_path: Path) -> None:
    folder = written(tmp_path, a__j2="One.\nTwo {% if x %}.\n")
    with pytest.raises(SuiteError, match=r"^a\.j2:\d: "):
        template(folder, "a.j2")


def test_what_a_call_sends_is_put_together_as_its_code_does(tmp_path: Path) -> None:
    found = template(written(tmp_path, app__py=APP), CALL)
    assert found.model == "gpt-4o-mini"
    assert found.parameters == {
        "temperature": 0.2,
        "max_tokens": 10,
        "response_format": {"type": "json_object"},
    }
    assert found.needed == ("user", "ticket")
    assert any("longest alternative" in note for note in found.notes)
    (system, user) = said(found, user={"name": "Ann"}, ticket="It {{crashes}}")
    assert system == (
        "system",
        "You are a support bot. Classify the ticket as billing, bug or other. Answer with one word.",
    )
    text = "Ticket of Ann: It {{crashes}} Be brief. Write all of your answer in capital letters, please."
    assert user == ("user", text)


def test_a_change_of_a_constant_changes_the_hash_of_the_call(tmp_path: Path) -> None:
    folder = written(tmp_path, app__py=APP)
    before = template(folder, CALL).content_hash
    moved = "# a line more\n" + APP
    (tmp_path / "app.py").write_text(moved, encoding="utf-8")
    assert template(folder, CALL).content_hash == before
    (tmp_path / "app.py").write_text(moved.replace("one word.", "two words."), encoding="utf-8")
    assert template(folder, CALL).content_hash != before


def test_slots_without_a_name_are_numbered(tmp_path: Path) -> None:
    found = template(written(tmp_path, app__py=APP), "app.py::old:client.chat.completions.create.messages")
    assert found.needed == ("0", "1")
    assert said(found, **{"0": "A", "1": "B"}) == [("user", "Compare A with B and answer with one word.")]


def test_includes_are_filled_in_and_hashed(tmp_path: Path) -> None:
    folder = written(
        tmp_path, main__j2="Sort the mail. {% include 'part.j2' %} {{ mail }}", part__j2="{{ a }}!"
    )
    found = template(folder, "main.j2")
    assert said(found, mail="M", a="A") == [("user", "Sort the mail. A! M")]
    (tmp_path / "part.j2").write_text("{{ a }}?", encoding="utf-8")
    assert template(folder, "main.j2").content_hash != found.content_hash


# --- roles ----------------------------------------------------------------------------------


def test_a_text_without_a_role_is_the_users_or_the_systems_if_turns_follow(tmp_path: Path) -> None:
    found = template(written(tmp_path, t__md=TICKETS), "t.md")
    assert [role for role, _ in said(found, ticket="x")] == ["user"]
    turns = [Message("user", "a"), Message("assistant", "b"), Message("user", "c")]
    assert [role for role, _ in said(found, turns, ticket="x")] == ["system", "user", "assistant", "user"]


def test_a_system_prompt_alone_needs_the_turns_of_a_case(tmp_path: Path) -> None:
    found = template(written(tmp_path, app__py=APP), "app.py::SYSTEM")
    with pytest.raises(SuiteError, match=r"^evals/s\.yaml:1: case #1: .*give the case `messages`"):
        said(found)
    assert [role for role, _ in said(found, [Message("user", "hi")])] == ["system", "user"]


def test_turns_carry_calls_of_tools(tmp_path: Path) -> None:
    found = template(written(tmp_path, t__md=TICKETS), "t.md")
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    turns = (Message("assistant", "", (call,)), Message("tool", "7", call_id="c1"))
    ((*_, asked, result),) = prompting.conversations(found, [case(1, turns, ticket="x")])
    assert asked["tool_calls"] == [call]
    assert result["tool_call_id"] == "c1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '[{"role": "system", "content": "Be kind."}, {"role": "user", "content": "{{ q }}"}]',
            ["Be kind.", "Q"],
        ),
        ("- role: system\n  content: Be kind.\n- role: user\n  content: '{{ q }}'\n", ["Be kind.", "Q"]),
        ("[urgent] Answer {{ q }}", ["[urgent] Answer Q"]),
    ],
)
def test_a_suites_own_text_may_be_a_chat(tmp_path: Path, text: str, expected: list[str]) -> None:
    found = own(written(tmp_path), text)
    assert found.id == "evals/s.yaml::7"
    assert [content for _, content in said(found, q="Q")] == expected


# --- values ---------------------------------------------------------------------------------


def test_data_are_json_whether_jinja_renders_or_not(tmp_path: Path) -> None:
    value = {"a": [1, True, None, "ä"]}
    plain = own(written(tmp_path), "Sum up {{ order }}")
    sandboxed = own(written(tmp_path), "{% if order %}Sum up {{ order }}{% endif %}")
    expected = [("user", 'Sum up {"a": [1, true, null, "ä"]}')]
    assert said(plain, order=value) == said(sandboxed, order=value) == expected


@pytest.mark.parametrize(("value", "text"), [(1.0, "1"), (True, "true"), (0.5, "0.5"), (3, "3"), ("", "")])
def test_scalars_are_spelt_as_json_has_them(tmp_path: Path, value: object, text: str) -> None:
    assert said(own(written(tmp_path), "Say {{ x }}."), x=value) == [("user", f"Say {text}.")]


def test_statements_stand_around_messages(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        chat__j2="system:\nBe kind.\n{% for turn in turns %}\nuser:\n{{ turn }}\n{% endfor %}\n"
        "{% if last %}\nassistant:\nDone {{ last }}\n{% endif %}\n",
    )
    found = template(folder, "chat.j2")
    turns = said(found, turns=["a", "b"])
    assert [role for role, _ in turns] == ["system", "user", "user"]
    assert [str(text).strip() for _, text in turns] == ["Be kind.", "a", "b"]
    assert len(said(found, turns=["a"], last="x")) == 3


def test_sections_of_handlebars_are_left_out_without_a_value(tmp_path: Path) -> None:
    folder = written(
        tmp_path, a__hbs="Sort {{mail}}.{{#if vip}} Be kind.{{/if}}{{#each tags}} {{this}}{{/each}}"
    )
    found = template(folder, "a.hbs")
    assert found.needed == ("mail",)
    assert said(found, mail="M") == [("user", "Sort M.")]
    assert said(found, mail="M", vip=True, tags=["a", "b"]) == [("user", "Sort M. Be kind. a b")]


def test_declared_defaults_fill_in_and_samples_do_not(tmp_path: Path) -> None:
    header = "---\ninputs:\n  tone:\n    {}: kind\n  mail:\n    type: string\n---\nuser:\nBe {{{{tone}}}}: {{{{mail}}}}\n"
    folder = written(tmp_path, a__j2=header.format("default"), b__prompty=header.format("sample"))
    assert template(folder, "a.j2").needed == ("mail",)
    assert said(template(folder, "a.j2"), mail="M")[0][1] == "Be kind: M\n"
    assert template(folder, "b.prompty").needed == ("tone", "mail")


NAMES = st.sampled_from(["a", "b", "c"])
TEXTS = st.text(st.characters(exclude_characters="{}%#\r\n", exclude_categories=["Cs", "Cc"]), max_size=12)


@given(
    st.lists(st.tuples(TEXTS, NAMES), min_size=1, max_size=5),
    st.fixed_dictionaries(dict.fromkeys("abc", st.text())),
)
def test_names_are_filled_in_as_jinja_does(parts: list[tuple[str, str]], values: dict[str, str]) -> None:
    """Law: for texts as values, what is put in by name alone is what Jinja renders."""
    from promptlint.evals import filling
    from promptlint.evals.making import made
    from promptlint.model import Message as Part
    from promptlint.model import Prompt, Source, SourceKind
    from promptlint.templates import JinjaSettings, split
    from promptlint.templates.parts import segments

    text = "".join(f"{before}{{{{ {name} }}}}" for before, name in parts)
    source = Source("p.j2", text, SourceKind.JINJA)
    prompt = Prompt("p.j2", source, (Part(None, segments(split(text, "jinja"))),))
    (found,) = filling.fill(made(prompt, "p.j2:1", (), JinjaSettings()), [values])
    environment = jinja2.Environment(keep_trailing_newline=True)
    assert [said for _, said in found.texts] == [environment.from_string(text).render(values)]


@given(st.text(st.sampled_from(string.printable + "\0é"), max_size=40))
def test_values_are_never_rendered_and_never_end_a_message(value: str) -> None:
    from promptlint.evals import filling
    from promptlint.evals.making import made
    from promptlint.extract import extract
    from promptlint.model import Source, SourceKind
    from promptlint.templates import JinjaSettings

    text = "system:\nBe kind.\nuser:\n{{#if a}}[{{a}}]{{/if}}|{{b}}\n"
    (prompt,) = extract(Source("p.hbs", text, SourceKind.JINJA, named=True)).prompts
    (found,) = filling.fill(made(prompt, "p:1", (), JinjaSettings()), [{"a": value or "x", "b": value}])
    assert found.texts[-1][1] == f"[{value or 'x'}]|{value}\n"
    assert len(found.texts) == 2


# --- errors, before anything is paid ---------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "values", "why"),
    [
        ("Say {{ a }} {{ b }}", {"a": "1"}, "asks for `b`, which the case lacks"),
        ("Say {{ a }}", {"a": "1", "z": "2"}, "does not ask for `z`"),
        ("{% if v %}{{ a }}{% endif %} x", {"v": "1"}, "`a` has no value"),
        ("{{ a }}", {"a": " \n "}, "its text is empty"),
        ("{{ a.b }} x", {"a": {"c": 1}}, "`a.b` has no value"),
        ("{{ 1 / a }} x", {"a": 0}, "cannot be rendered: division by zero"),
        ("{{ a | nothing }} x", {"a": 0}, "cannot be rendered: No filter named 'nothing'"),
        ("{% include 'gone' %} {{ a }}", {"a": 0}, "cannot be rendered: the template 'gone' is not found"),
        ("{{ a.__class__ }} x", {"a": "s"}, "`a.__class__` has no value"),
        ("{{ a.__class__.__mro__[1] }} x", {"a": "s"}, "`__class__` has no value"),
        ("{{ 'x' * 99999999999 }} {{ a }}", {"a": 0}, "cannot be rendered: it needs more than"),
        ("{{ 'x' * 3000000 }} {{ a }}", {"a": 0}, "is longer than 2,000,000 characters"),
        ("{{ a }}{{ a }}", {"a": "x" * 1_500_000}, "is longer than 2,000,000 characters"),
    ],
)
def test_what_cannot_be_filled_in_names_case_and_line(
    tmp_path: Path, text: str, values: dict[str, object], why: str
) -> None:
    found = own(written(tmp_path), text)
    with pytest.raises(SuiteError, match=r"^evals/s\.yaml:3: case #3: ") as error:
        prompting.conversations(found, [case(3, **values)])
    assert why in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "{{ 2 ** 99999999999 % 7 }} {{ a }}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}{{ a }}",
    ],
)
def test_a_template_without_end_is_ended(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "SECONDS", 1)
    found = own(written(tmp_path), text)
    with pytest.raises(SuiteError, match=r"cannot be rendered: it was ended after|needs more than"):
        prompting.conversations(found, [case(1, a="x"), case(2, a="y")])


@pytest.mark.slow
def test_limits_are_for_each_case_and_not_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand cases of a few milliseconds each are no endless loop."""
    monkeypatch.setattr(rendering, "SECONDS", 1)
    found = own(written(tmp_path), "{% for i in range(20000) %}{% endfor %}{{ a }}")
    values = [case(number, a=str(number)) for number in range(1000)]
    assert len(prompting.conversations(found, values)) == 1000


def test_all_cases_together_have_a_limit_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "MOST_SECONDS", 1)
    found = own(written(tmp_path), "{% if a %}{{ a }}{% endif %}")
    with pytest.raises(SuiteError, match="all cases together need more than"):
        prompting.conversations(found, [case(1, a="x")])


def test_names_of_other_arms_are_no_mistake(tmp_path: Path) -> None:
    found = own(written(tmp_path), "Say {{ a }}")
    assert prompting.conversations(found, [case(1, a="1", b="2")], also=("b",))


def test_pictures_are_not_left_out_in_silence(tmp_path: Path) -> None:
    folder = written(tmp_path, a__prompty="---\nname: a\n---\nuser:\nLook at ![it](a.png) and {{x}}\n")
    with pytest.raises(SuiteError, match="it sends a picture or file"):
        template(folder, "a.prompty")
