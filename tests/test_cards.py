"""Loading cards strictly, binding them, choosing among them, and what is generated from them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from promptlint import cards as module
from promptlint.cards import Card, bind, find, load_cards, read_card, selected
from promptlint.cards.examples import unmarked
from promptlint.cards.page import page
from promptlint.cards.params import describe, explained, kinds
from promptlint.cards.reader import read_raw
from promptlint.checks import CHECKERS
from promptlint.errors import CardError, ConfigError, UsageError
from promptlint.model import Safety, Severity, Span

ROOT = Path(__file__).parent.parent
PATHS = sorted((ROOT / "rules").glob("*.yaml"))
CARDS = load_cards()

GOOD = """
code: ABC001
name: long-winded
summary: Phrase has a shorter form
severity: warning
since: 1.0.0
fix: safe
check: substitution
params:
  swap: {by virtue of: by}
  openers: []
  keep: []
  min_words: 1
  min_share: 1
why: Because.
source: us
examples:
  - bad: It works «by virtue of» magic.
    good: It works by magic.
  - good: Virtue is good.
"""


def written(folder: Path, text: str, name: str = "ABC001-long-winded.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_compiled_cards_are_the_yaml_cards() -> None:
    assert [card.code for card in CARDS] == [path.name[:6] for path in PATHS]
    for path, card in zip(PATHS, CARDS, strict=True):
        raw = json.loads(module.COMPILED.read_text(encoding="utf-8"))[card.path]
        assert raw == read_raw(path)


def test_generated_files_are_fresh() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "build_docs.py"), "--check"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "")


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_cards_fit_the_schema(path: Path) -> None:
    schema = json.loads((ROOT / "rules" / "schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(read_raw(path))


def test_loading_needs_no_yaml() -> None:
    code = "import sys; from promptlint.cards import load_cards; load_cards(); print('yaml' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_a_user_card_is_loaded_from_a_folder_and_from_a_file(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    for place in (tmp_path, path):
        card = next(card for card in load_cards([place]) if card.code == "ABC001")
        assert (card.severity, card.fix, card.default_on) == (Severity.WARNING, Safety.SAFE, True)
        assert card.path == str(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("since: 1.0.0", "since: 1.0.0\nsince: 2.0.0", "since"),
        ("since: 1.0.0", "sinc: 1.0.0", "sinc: unknown key; did you mean since?"),
        ("since: 1.0.0\n", "", "since: the key is missing"),
        ("since: 1.0.0", "since: 1.0", "since: a text is wanted, not 1.0"),
        ("severity: warning", "severity: fatal", "severity: 'fatal' is none of info, warning, error"),
        ("fix: safe", "fix: yes", "fix: True is none of none, display, unsafe, safe"),
        ("check: substitution", "check: substituton", "there is no checker 'substituton'; did you mean sub"),
        ("code: ABC001", "code: abc1", "code: 'abc1' is not capital letters"),
        ("name: long-winded", "name: Long winded", "name: 'Long winded' is not lower-case"),
        ("  keep: []", "  keep: []\n  kept: []", "params: kept: unknown parameter; did you mean keep?"),
        ("keep: []", "keep: none", "params: keep: a list of texts is wanted, not 'none'"),
        ("by virtue of: by", "by virtue of: 3", "params: swap: a mapping from text to text is wanted"),
        ("«by virtue of» magic", "«by virtue of magic", "examples: 1: bad: the mark « has no partner"),
        ("«by virtue of» magic", "by virtue of magic", "examples: 1: bad: nothing is marked"),
        ("  - good: Virtue", "  - fine: Virtue", "examples: 2: fine: unknown key"),
        ("Virtue is good.", "Virtue is good.\n    as: html", "examples: 2: as: 'html' is none of jinja"),
        ("fix: safe", "fix: safe\ndefault: sometimes", "default: 'sometimes' is neither on nor off"),
        ("code: ABC001", "code: TOK001", "the file must be named TOK001-long-winded.yaml"),
        ("why: Because.", "why: [", "ABC001-long-winded.yaml"),
    ],
)
def test_a_wrong_card_is_refused_with_file_and_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(CardError) as error:
        load_cards([path])
    assert str(path) in str(error.value)
    assert message in str(error.value)


def test_a_card_that_is_off_says_so(tmp_path: Path) -> None:
    assert not read_card(written(tmp_path, GOOD + "default: off\n")).default_on


def test_a_code_cannot_be_taken_twice(tmp_path: Path) -> None:
    text = GOOD.replace("ABC001", "TOK001")
    path = written(tmp_path, text, "TOK001-long-winded.yaml")
    with pytest.raises(CardError, match=r"TOK001 is taken by rules/TOK001"):
        load_cards([path])


def test_a_missing_place_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="no such card file or folder"):
        load_cards([tmp_path / "lint"])


# --- binding --------------------------------------------------------------------------------


def test_overrides_and_severities_are_bound() -> None:
    rules = bind(CARDS, {"TOK006": {"tokens": 10}}, {"TOK006": Severity.ERROR})
    rule = next(rule for rule in rules if rule.card.code == "TOK006")
    assert rule.severity is Severity.ERROR
    assert (rule.params.tokens, rule.params.agent_tokens) == (10, 5000)  # type: ignore[attr-defined]


def test_rules_without_a_checker_are_bound_too() -> None:
    rules = {rule.card.code: rule for rule in bind(CARDS, {}, {})}
    assert set(rules) == {card.code for card in CARDS}
    assert {code for code, rule in rules.items() if rule.check is None} == {
        "AGD001",
        "SRC001",
        "SRC002",
        "SRC003",
        "SRC004",
        "SUP001",
        "TPL001",
    }


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"TOK06": {}}, "there is no rule TOK06; did you mean TOK006?"),
        ({"TOK006": {"token": 1}}, "rules.TOK006.token: unknown parameter; did you mean tokens?"),
        (
            {"TOK006": {"tokens": "many"}},
            "rules.TOK006.tokens: a whole number of at least 0 is wanted, not 'many'",
        ),
        ({"TOK006": {"tokens": True}}, "rules.TOK006.tokens: a whole number"),
        ({"TOK006": {"tokens": -1}}, "rules.TOK006.tokens: a whole number"),
        ({"EXA001": {"max_share": "half"}}, "rules.EXA001.max_share: a number is wanted"),
        ({"SRC001": {"size": 1}}, "rules.SRC001: the rule has no parameters"),
    ],
)
def test_a_wrong_override_is_refused(overrides: dict[str, dict[str, object]], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        bind(CARDS, overrides, {})
    assert message in str(error.value)


def test_a_whole_number_is_a_number() -> None:
    rules = bind(CARDS, {"EXA001": {"max_share": 1}}, {})
    assert next(rule.params for rule in rules if rule.card.code == "EXA001").max_share == 1.0  # type: ignore[attr-defined]


def test_an_unknown_severity_code_is_refused() -> None:
    with pytest.raises(ConfigError, match="there is no rule XYZ001"):
        bind(CARDS, {}, {"XYZ001": Severity.INFO})


# --- choosing -------------------------------------------------------------------------------

ALWAYS = {"SRC001", "SRC002", "SRC003", "TPL001"}


@pytest.mark.parametrize(
    ("select", "ignore", "extend", "inside", "outside"),
    [
        ((), (), (), "TOK001 RED001 SUP001", ""),
        (("TOK",), (), (), "TOK001 TOK006", "RED001 SUP001"),
        (("TOK",), ("TOK001",), (), "TOK002", "TOK001"),
        (("TOK001",), ("TOK",), (), "TOK001", "TOK002"),
        (("ALL",), ("TOK",), (), "RED001", "TOK001"),
        (("TOK",), ("TOK",), (), "", "TOK001"),
        ((), ("ALL",), (), "", "TOK001 SRC001"),
        (("RED",), (), ("TOK001",), "RED001 TOK001", "TOK002"),
        ((), ("SRC001",), (), "SRC002", "SRC001"),
    ],
)
def test_the_longest_selector_wins(
    select: tuple[str, ...], ignore: tuple[str, ...], extend: tuple[str, ...], inside: str, outside: str
) -> None:
    codes = selected(CARDS, select, ignore, extend)
    assert set(inside.split()) <= codes
    assert not set(outside.split()) & codes
    if not ignore:
        assert codes >= ALWAYS


def test_rules_that_are_off_must_be_selected(tmp_path: Path) -> None:
    known = load_cards([written(tmp_path, GOOD + "default: off\n")])
    assert "ABC001" not in selected(known)
    assert "ABC001" in selected(known, extend=("ABC001",))
    assert "ABC001" in selected(known, select=("ALL",))


def test_a_selector_that_fits_nothing_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"'RED01'; did you mean RED001\?"):
        selected(CARDS, select=("RED01",))


def test_cards_are_found_by_code_and_by_name() -> None:
    assert find(CARDS, "tok001") is find(CARDS, "filler-phrase")
    with pytest.raises(UsageError, match=r"did you mean filler-phrase\?"):
        find(CARDS, "filler-phrases")


# --- examples, parameters, pages ------------------------------------------------------------


def test_marks_are_taken_out_and_their_ranges_kept() -> None:
    assert unmarked("a «b» \\«c\\» «»d") == ("a b «c» d", (Span(2, 3), Span(8, 8)))


@pytest.mark.parametrize("text", ["«a", "a»", "««a»»", "«a» b»"])
def test_a_mark_without_a_partner_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="has no partner"):
        unmarked(text)


@pytest.mark.parametrize("name", sorted(CHECKERS))
def test_every_parameter_has_a_type_and_an_explanation(name: str) -> None:
    params = CHECKERS[name].params
    assert set(explained(params)) == set(kinds(params))
    assert all(describe(hint) for hint in kinds(params).values())


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.code)
def test_every_card_has_a_page(card: Card) -> None:
    text = page(card)
    assert text.startswith(f"# {card.code} {card.name}\n")
    assert text.endswith(".\n")
    assert "\n\n\n\n\n" not in text


def test_a_list_that_is_left_out_is_empty_but_a_number_must_be_written() -> None:
    from promptlint.cards.params import ParamsError, bound
    from promptlint.checks import substitution, token_budget

    given = {"swap": {"utilize": "use"}, "min_words": 1, "min_share": 1.0}
    assert bound(substitution.Params, given) == bound(
        substitution.Params, {**given, "openers": [], "keep": []}
    )
    with pytest.raises(ParamsError, match="tokens: the parameter is missing"):
        bound(token_budget.Params, {"agent_tokens": 3})
