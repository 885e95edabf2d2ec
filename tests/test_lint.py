"""Checking one file: whose model and price it is, what may be called safe, and what a finding is worth."""

from __future__ import annotations

from pathlib import Path

import pytest

from promptlint import run
from promptlint.model import Basis, FileResult, Finding, Safety


def check(folder: Path, name: str, text: str, config: str = "") -> FileResult:
    (folder / "promptlint.toml").write_text(config)
    (folder / name).write_text(text)
    (result,) = run.run(run.Request(paths=(folder / name,), use_cache=False)).result.files
    return result


def only(result: FileResult, code: str) -> Finding:
    (finding,) = [finding for finding in result.findings if finding.code == code]
    return finding


def test_the_model_is_that_of_the_config_then_the_call_then_assumed(tmp_path: Path) -> None:
    text = "---\nmodel: gpt-4o-mini\n---\nYou sort the mail of a shop.\n"
    (prompt,) = check(tmp_path, "a.prompt.md", text).prompts
    assert (prompt.model, prompt.model_basis) == ("gpt-4o-mini", Basis.EXACT)
    mine = '[[prompts]]\nmatch = "*.md"\nmodel = "gpt-4.1"\n'
    (prompt,) = check(tmp_path, "a.prompt.md", text, mine).prompts
    assert prompt.model == "gpt-4.1"
    (prompt,) = check(tmp_path, "b.prompt.md", "You sort the mail of a shop.\n").prompts
    assert (prompt.model, prompt.model_basis, prompt.priced_as) == ("gpt-4o", Basis.ASSUMED, "")


def test_a_model_without_a_price_is_said_to_borrow_one(tmp_path: Path) -> None:
    (prompt,) = check(tmp_path, "a.prompt.md", "You sort mail.\n", 'model = "house-model"\n').prompts
    assert (prompt.model, prompt.priced_as, prompt.tokens.basis) == ("house-model", "gpt-4o", Basis.ASSUMED)
    own = 'model = "house-model"\n[prices.house-model]\ninput = 1000000.0\noutput = 0.0\n'
    (prompt,) = check(tmp_path, "a.prompt.md", "You sort mail.\n", own).prompts
    assert prompt.priced_as == ""
    assert prompt.usd_per_1000 == (prompt.tokens.high * 1000.0,) * 2


def test_a_claude_prompt_is_an_estimate_with_its_error(tmp_path: Path) -> None:
    (prompt,) = check(tmp_path, "a.prompt.md", "You sort mail.\n", 'model = "claude-haiku-4-5"\n').prompts
    assert prompt.tokens.basis is Basis.ESTIMATED
    assert prompt.tokens.error > 0


def test_a_volume_gives_dollars_a_month(tmp_path: Path) -> None:
    config = '[[prompts]]\nmatch = "a.prompt.md"\ncalls_per_month = 1000000\n'
    finding = only(check(tmp_path, "a.prompt.md", "In order to help, be quick.\n", config), "TOK001")
    assert finding.saving is not None
    assert finding.saving.usd_per_1000 == pytest.approx((0.005, 0.005))  # 2 tokens of gpt-4o, $2.50 a million
    assert finding.saving.usd_month == pytest.approx((5.0, 5.0))


def test_a_long_static_prefix_is_a_range_down_to_the_cached_price(tmp_path: Path) -> None:
    rules = "".join(
        f"Rule {number}: answer question {number} before question {number + 1}.\n" for number in range(120)
    )
    result = check(tmp_path, "a.prompt.md", f"It is important to note that you answer.\n{rules}")
    saving = only(result, "TOK001").saving
    assert saving is not None
    assert saving.usd_per_1000 == pytest.approx((0.0075, 0.015))
    (prompt,) = result.prompts
    assert prompt.usd_per_1000 is not None
    assert prompt.usd_per_1000[0] == pytest.approx(prompt.usd_per_1000[1] / 2)


def test_a_slot_before_the_rules_costs_the_cache(tmp_path: Path) -> None:
    rules = "".join(
        f"Rule {number}: answer question {number} before question {number + 1}.\n" for number in range(120)
    )
    result = check(tmp_path, "a.prompt.md", f"It is about {{{{ customer }}}}.\n{rules}")
    saving = only(result, "CAC001").saving
    assert saving is not None
    assert saving.usd_per_1000 is not None
    assert saving.usd_per_1000[0] == 0.0
    assert saving.usd_per_1000[1] == pytest.approx(result.prompts[0].tokens.high * 1.25 / 1000, rel=0.02)


def test_fixing_a_prefix_below_the_minimum_can_cost_more() -> None:
    from promptlint.measure import gain

    assert gain((2.31, 4.62), (1.53, 1.53)) == pytest.approx((0.78, 3.09))
    assert gain((1.30, 2.60), (2.50, 2.50)) == pytest.approx((-1.20, 0.10))


def test_a_fix_is_never_safer_than_its_card(tmp_path: Path) -> None:
    (tmp_path / "lint").mkdir()
    (tmp_path / "lint" / "OWN001-own-filler.yaml").write_text(
        "code: OWN001\nname: own-filler\nsummary: Own filler\nseverity: warning\nsince: 1.0.0\n"
        "fix: unsafe\ncheck: substitution\nparams:\n  swap: {in order to: to}\n  min_words: 1\n  min_share: 1\nwhy: Ours.\nsource: us\n"
        "examples:\n  - bad: |\n      \u00abIn order to\u00bb win, run.\n    good: |\n      To win, run.\n"
        "  - good: |\n      Run.\n",
        encoding="utf-8",
    )
    config = 'cards = ["lint/"]\nselect = ["OWN"]\n'
    finding = only(check(tmp_path, "a.prompt.md", "In order to help, be quick.\n", config), "OWN001")
    assert finding.fix is not None
    assert finding.fix.safety is Safety.UNSAFE


def test_a_claim_of_safety_that_the_contract_denies_is_unsafe(tmp_path: Path) -> None:
    finding = only(check(tmp_path, "a.prompt.md", "In an effort to help, be quick.\n"), "TOK001")
    assert finding.fix is not None
    assert finding.fix.safety is Safety.UNSAFE


def test_a_budget_by_glob(tmp_path: Path) -> None:
    text = "You sort the mail of a shop into folders.\n"
    assert "TOK006" not in {finding.code for finding in check(tmp_path, "a.prompt.md", text).findings}
    result = check(tmp_path, "a.prompt.md", text, '[budget]\n"*.md" = 4\n')
    saving = only(result, "TOK006").saving
    assert saving is not None
    assert saving.input_tokens == result.prompts[0].tokens.high - 4


def test_fingerprints_survive_line_moves_and_tell_repeats_apart(tmp_path: Path) -> None:
    text = "In order to help, be quick.\n\nIn order to help, be kind.\n"
    before = [item.fingerprint for item in check(tmp_path, "a.prompt.md", text).findings]
    after = [item.fingerprint for item in check(tmp_path, "a.prompt.md", f"Hello there.\n\n{text}").findings]
    assert before == after
    assert len(set(before)) == len(before) == 2
