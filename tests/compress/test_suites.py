"""Whole runs against a server on loopback: the search, the proof, and what goes wrong on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from promptlint.compress import files, gated, suites
from promptlint.compress.estimate import Estimate
from promptlint.compress.tasks import Result
from promptlint.compress.tried import ORIGINAL
from promptlint.errors import SuiteError, UsageError
from promptlint.evals import recording
from promptlint.evals.progress import State
from promptlint.evals.store import Store
from promptlint.records import dataclass
from tests.compress import planted
from tests.evals_providers.server import Options, Server

NEEDED = [("amber",), ("teal",), ("coral", "pearl"), ("navy",)]


def silent(_estimate: Estimate) -> None:
    pass


def left(result: Result) -> set[str]:
    text = result.moves.prompt(result.shown).text
    return {colour for colour in planted.COLOURS if colour in text}


def test_what_nobody_misses_is_cut_and_the_rest_is_accepted(tmp_path: Path) -> None:
    told: list[Estimate] = []
    with Server() as server:
        task = planted.task(planted.project(tmp_path, server, NEEDED))
        result = suites.compressed(task, told.append)
        log = server.log
    assert result.decision == "accepted"
    assert left(result) - {"coral", "pearl"} == {"amber", "teal", "navy"}
    assert len(left(result) & {"coral", "pearl"}) == 1
    assert told == [result.estimate]
    assert len(log) == result.spent.calls <= result.estimate.calls
    assert result.calls + result.estimate.search_cases <= 0.35 * 21 * result.estimate.search_cases
    proof = {task.suite.supported[case].vars["ticket"] for case in result.split.proof}
    by_prompt: dict[str, set[str]] = {}
    for entry in log:
        text, _, ticket = str(entry["body"]["messages"][-1]["content"]).rpartition("Ticket: ")
        by_prompt.setdefault(text, set()).add(ticket.strip())
    assert sum(bool(tickets & proof) for tickets in by_prompt.values()) == 2  # the prompt, and one finalist


def test_the_file_and_the_document_say_what_was_proven(tmp_path: Path) -> None:
    with Server() as server:
        result = suites.compressed(planted.task(planted.project(tmp_path, server, NEEDED)), silent)
    found = files.found(str(tmp_path / "shop.md"))
    told = gated.told(found.file, found.ground, result)
    doc = told.document
    assert told.source is not None
    assert told.source.text == doc.text == result.moves.prompt(result.shown).text
    assert doc.verdict == "accepted"
    assert doc.after.tokens < doc.before.tokens / 2
    assert doc.before.output_tokens is not None
    assert doc.after.output_tokens is not None
    gone = " ".join(each.text for each in doc.dropped)
    assert sum(colour in gone for colour in planted.COLOURS) == 16
    assert doc.dropped[0].why == "no measurable effect on 120 cases"
    assert {point.verdict for point in doc.pareto} >= {"accepted"}
    assert all(one.tokens > two.tokens for one, two in zip(doc.pareto, doc.pareto[1:], strict=False))
    assert doc.pareto[0].tokens == doc.before.tokens
    assert doc.pareto[-1].tokens == doc.after.tokens
    assert doc.calls == result.spent.calls


def test_where_all_is_needed_nothing_is_cut(tmp_path: Path) -> None:
    with Server() as server:
        needed = [(colour,) for colour in planted.COLOURS[:8]]
        text = planted.prompt(planted.COLOURS[:8])
        result = suites.compressed(planted.task(planted.project(tmp_path, server, needed, text=text)), silent)
    assert result.decision == "undecided"
    assert result.shown == ORIGINAL
    found = files.found(str(tmp_path / "shop.md"))
    told = gated.told(found.file, found.ground, result)
    assert told.source is None
    assert "nothing was cut" in told.document.message


def test_a_suite_that_is_too_small_ends_undecided_and_asks_nothing(tmp_path: Path) -> None:
    with Server() as server:
        task = planted.task(planted.project(tmp_path, server, NEEDED, count=40))
        result = suites.compressed(task, silent)
        assert server.log == []
    assert result.decision == "undecided"
    assert "too small" in result.why_not
    found = files.found(str(tmp_path / "shop.md"))
    assert gated.told(found.file, found.ground, result).source is None


@dataclass(slots=True)
class Dying:
    """Lets the server refuse everything once so many answers have come."""

    server: Server
    after: int
    came: int = 0
    earlier: int = 0

    def begin(self) -> None:
        self.earlier = self.came

    def show(self, state: State) -> None:
        self.came = self.earlier + state.done - state.known
        if self.came >= self.after:
            self.server._book.options = Options(plan="401")


def test_a_run_whose_provider_dies_goes_on_where_it_was(tmp_path: Path) -> None:
    with Server() as server, Store(tmp_path / "answers") as store:
        path = planted.project(tmp_path, server, NEEDED)
        task = planted.task(path, store)
        dying = replace(task, setting=replace(task.setting, watch=Dying(server, 300)))
        first = suites.compressed(dying, silent)
        assert first.decision == "undecided"
        assert "refused" in first.why_not
        paid = sum(entry["action"] == "ok" for entry in server.log)
        assert 300 <= paid < 780
        server._book.options = Options()
        second = suites.compressed(planted.task(path, store), silent)
        assert second.decision == "accepted"
        assert second.spent.cached >= paid
        answered = Counter(entry["sha256"] for entry in server.log if entry["action"] == "ok")
        assert max(answered.values()) == 1
        third = suites.compressed(planted.task(path, store), silent)
    assert third.spent.calls == 0
    assert third.shown == second.shown


def test_a_recorded_run_is_the_same_again_offline(tmp_path: Path) -> None:
    with Server() as server:
        live = suites.compressed(planted.task(planted.project(tmp_path, server, NEEDED)), silent)
    assert live.header is not None
    recording.write(tmp_path / "evals" / "shop.jsonl", live.header, live.exchanges)
    provider = {"kind": "replay", "recording": "shop.jsonl"}
    again = suites.compressed(
        planted.task(planted.project(tmp_path, None, NEEDED, provider=provider)), silent
    )
    assert again.decision == "accepted"
    assert again.shown == live.shown
    assert again.spent.calls == 0
    assert again.estimate.usd_most == 0


def test_a_recording_that_lacks_answers_ends_undecided(tmp_path: Path) -> None:
    with Server() as server:
        live = suites.compressed(planted.task(planted.project(tmp_path, server, NEEDED)), silent)
    assert live.header is not None
    recording.write(tmp_path / "evals" / "shop.jsonl", live.header, live.exchanges[:200])
    provider = {"kind": "replay", "recording": "shop.jsonl"}
    again = suites.compressed(
        planted.task(planted.project(tmp_path, None, NEEDED, provider=provider)), silent
    )
    assert again.decision == "undecided"
    assert again.why_not.startswith("unrecorded")


def test_a_limit_that_does_not_pay_for_a_proof_is_told_before_a_call(tmp_path: Path) -> None:
    price = {"input": 1.0, "output": 1.0}
    with Server() as server:
        provider = {"kind": "openai", "model": "small", "base_url": server.base_url, "price": price}
        provider |= {"max_tokens": 50}
        path = planted.project(tmp_path, server, NEEDED, provider=provider, max_cost=0.01)
        result = suites.compressed(planted.task(path), silent)
        assert server.log == []
        assert "do not pay" in result.why_not
        path = planted.project(tmp_path, server, NEEDED, provider=provider, max_cost=2.0)
        result = suites.compressed(planted.task(path), silent)
    assert result.decision == "accepted"
    assert result.spent.usd is not None
    assert 0 < result.spent.usd <= 2.0
    assert result.estimate.usd is not None
    assert result.estimate.usd_most is not None
    assert 0 < result.estimate.usd <= result.estimate.usd_most


def test_a_suite_for_another_prompt_is_refused(tmp_path: Path) -> None:
    path = planted.project(tmp_path, None, NEEDED, provider={"kind": "openai", "model": "x"})
    task = planted.task(path)
    (tmp_path / "shop.md").write_text("Another: {{ticket}}\n")
    with pytest.raises(SuiteError, match="for another prompt"):
        suites.compressed(task, silent)


@pytest.mark.parametrize(
    ("key", "named"), [("margin", "margin"), ("provider", "provider"), ("prompt", "prompt")]
)
def test_a_suite_that_lacks_what_decides_is_refused(tmp_path: Path, key: str, named: str) -> None:
    path = planted.project(tmp_path, None, NEEDED, provider={"kind": "openai", "model": "x"})
    task = planted.task(path)
    lacking = replace(task, suite=replace(task.suite, **{key: None}))  # type: ignore[arg-type]
    with pytest.raises(SuiteError, match=named):
        suites.compressed(lacking, silent)


def test_a_prompt_without_cuttable_text_stays_as_it_is(tmp_path: Path) -> None:
    with Server() as server:
        path = planted.project(tmp_path, server, [("Ticket",)], text="Ticket: {{ticket}}\n")
        result = suites.compressed(planted.task(path), silent)
    assert result.shown == ORIGINAL
    assert result.decision == "undecided"


def test_a_rewriter_that_says_the_same_is_refused_and_told(tmp_path: Path) -> None:
    with Server() as server:
        path = planted.project(tmp_path, server, NEEDED)
        result = suites.compressed(planted.task(path, rewriter="writer"), silent)
        assert {entry["body"]["model"] for entry in server.log} == {"small", "writer"}
    assert result.rewrites.asked >= 4
    assert result.rewrites.refused == (("not shorter", result.rewrites.asked),)
    found = files.found(str(tmp_path / "shop.md"))
    reasons = gated.told(found.file, found.ground, result).document.reasons
    assert any("rewrites keep the contract" in reason and "not shorter" in reason for reason in reasons)


def test_a_critical_case_is_never_broken(tmp_path: Path) -> None:
    with Server() as server:
        path = planted.project(tmp_path, server, [("amber",)])
        text = path.read_text().replace(
            '{"vars": {"ticket": "number 9"}, "assert": [{"type": "contains-any", "value": ["Ticket"]}]}',
            '{"vars": {"ticket": "number 9"}, "critical": true, '
            '"assert": [{"type": "contains-any", "value": ["quartz"]}]}',
        )
        assert "quartz" in text
        path.write_text(text)
        task = planted.task(path)
        result = suites.compressed(task, silent)
    (critical,) = [number for number, case in enumerate(task.suite.supported) if case.critical]
    if critical in result.split.proof:
        assert result.decision != "accepted" or "quartz" in left(result)
    else:
        assert result.decision == "accepted"
        assert "quartz" in left(result)


def test_proposals_alone_are_gated_as_the_parts_are(tmp_path: Path) -> None:
    said = "Please make sure that you basically always answer in order to help."
    text = planted.prompt().replace("Ticket:", f"{said}\n\nTicket:")
    with Server() as server:
        path = planted.project(tmp_path, server, NEEDED, text=text)
        result = suites.compressed(planted.task(path, searches=False), silent)
    assert result.decision == "accepted"
    assert left(result) == set(planted.COLOURS)
    assert said not in result.moves.prompt(result.shown).text


def test_cases_in_another_branch_of_the_template_do_not_block_the_proof(tmp_path: Path) -> None:
    needless = "It was founded by the sea by two sisters who had much wool. They sold it to the sailors."
    text = f"# Shop\n\n{{% if ticket == 'number 1' %}}\n{needless}\n{{% endif %}}\n\nTicket: {{{{ticket}}}}\n"
    with Server() as server:
        path = planted.project(tmp_path, server, [("Ticket",)])
        (tmp_path / "shop.md").unlink()
        (tmp_path / "shop.j2").write_text(text)
        path.write_text(path.read_text().replace("shop.md", "shop.j2"))
        result = suites.compressed(planted.task(path, name="shop.j2"), silent)
    assert "sisters" not in result.moves.prompt(result.shown).text
    assert result.decision == "accepted"


def test_a_rewriter_of_unknown_price_is_refused_where_there_is_a_limit(tmp_path: Path) -> None:
    provider = {"kind": "openai", "model": "small", "base_url": "https://models.example/v1"}
    provider |= {"price": {"input": 1.0, "output": 1.0}}  # type: ignore[dict-item]
    path = planted.project(tmp_path, None, NEEDED, provider=provider, max_cost=5.0)
    with pytest.raises(UsageError, match="rewriter"):
        suites.compressed(planted.task(path, rewriter="unheard-of"), silent)


def test_a_suite_of_which_too_little_can_be_judged_asks_nothing(tmp_path: Path) -> None:
    with Server() as server:
        path = planted.project(tmp_path, server, NEEDED)
        text = path.read_text().replace('"type": "contains-any"', '"type": "trajectory:tool-used"', 60)
        path.write_text(text)
        result = suites.compressed(planted.task(path), silent)
        assert server.log == []
    assert "can be judged" in result.why_not


def test_what_a_rewriter_costs_is_in_the_estimate_and_under_the_limit(tmp_path: Path) -> None:
    with Server() as server:
        provider = {"kind": "openai", "model": "gpt-4o-mini", "base_url": server.base_url, "max_tokens": 50}
        text = planted.prompt(planted.COLOURS[:6])
        path = planted.project(tmp_path, server, NEEDED, text=text, provider=provider)
        plain = suites.compressed(planted.task(path), silent).estimate
        result = suites.compressed(planted.task(path, rewriter="gpt-4o"), silent)
        assert result.estimate.rewrites == 6
        assert result.estimate.calls == plain.calls + 6
        assert plain.usd is not None
        assert plain.usd_most is not None
        assert result.estimate.usd is not None
        assert result.estimate.usd_most is not None
        assert plain.usd < result.estimate.usd < result.estimate.usd_most
        assert result.estimate.usd_most > plain.usd_most
        sent = len(server.log)
        least = plain.usd * (plain.search_cases * 2 + 4 * plain.proof_cases) / plain.calls
        path = planted.project(
            tmp_path,
            server,
            NEEDED,
            text=text,
            provider=provider,
            max_cost=least + result.estimate.usd / 1000,
        )
        paid = suites.compressed(planted.task(path), silent)
        assert not paid.estimate.why_not
        short = suites.compressed(planted.task(path, rewriter="gpt-4o"), silent)
    assert "do not pay" in short.why_not
    assert short.spent.calls == 0
    assert sent > 0


def test_a_rewriter_may_be_of_another_kind_and_needs_its_own_key(tmp_path: Path) -> None:
    with Server() as server:
        path = planted.project(tmp_path, server, NEEDED)
        with pytest.raises(UsageError, match="ANTHROPIC_API_KEY"):
            suites.compressed(planted.task(path, rewriter="anthropic:claude-3-5-haiku-latest"), silent)
        assert server.log == []
