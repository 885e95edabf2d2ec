"""What a request's own workflow claims: held against what was found here, and said where it differs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from comparisons import realistic

from promptlint.bot import claim
from promptlint.documents import to_json
from promptlint.report.comment import Options, render

SHA = "b" * 40


def left(folder: Path, **changes: object) -> Path:
    """A claim that differs from the realistic comparison in these fields."""
    found = to_json(realistic())
    assert isinstance(found, dict)
    for name, value in changes.items():
        place, key = (found["total"], name) if name in found["total"] else (found, name)
        place[key] = value
    path = folder / "claim.json"
    path.write_text(json.dumps(found))
    return path


def test_the_same_is_not_spoken_of(tmp_path: Path) -> None:
    assert claim.held(left(tmp_path), realistic()) == claim.Claim()
    later = left(tmp_path, generated_at="2026-01-01T00:00:00Z", promptlint="9.9.9")
    assert claim.held(later, realistic()) == claim.Claim()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("verdict", "unchanged", "verdict unchanged (here "),
        ("guards", [], "places that loosen what is checked 0 (here "),
        ("new_findings", 55, "new findings 55 (here "),
        ("contract_losses", 77, "requirements lost 77 (here "),
        ("moved", 99, "prompts moved 99 (here "),
    ],
)
def test_what_differs_is_said_with_both(tmp_path: Path, name: str, value: object, says: str) -> None:
    held = claim.held(left(tmp_path, **{name: value}), realistic())
    assert held.words.startswith(f"{claim.WHO} says otherwise: {says}")
    assert held.words.endswith(f"). {claim.ANEW}")
    assert held.fault == ""


def test_tokens_and_prices(tmp_path: Path) -> None:
    after = to_json(realistic().total.after)
    assert isinstance(after, dict)
    held = claim.held(left(tmp_path, after=after | {"tokens": 1, "usd_per_1000": [0, 0]}), realistic())
    assert f"tokens after 1 (here {realistic().total.after.tokens}), other prices. " in held.words


def test_a_claim_that_is_missing_or_no_good(tmp_path: Path) -> None:
    assert claim.held(tmp_path / "none.json", realistic()) == claim.Claim(claim.NONE)
    good = left(tmp_path)
    link = tmp_path / "link.json"
    link.symlink_to(good)
    assert claim.held(link, realistic()) == claim.Claim(claim.BAD, f"{link}: is a symbolic link")
    other = replace(realistic(), head=replace(realistic().head, sha="c" * 40))
    assert "is of another commit" in claim.held(good, other).fault
    good.write_text("{")
    assert claim.held(good, realistic()).words == claim.BAD
    assert claim.held(tmp_path, realistic()).words == claim.BAD


def test_the_comment_says_it_once_and_first(tmp_path: Path) -> None:
    words = claim.held(left(tmp_path, verdict="unchanged"), realistic()).words
    body = render(realistic(), Options(claim=words))
    assert body.count("says otherwise") == 1
    assert body.index("says otherwise") < body.index("| Prompt")
    empty = replace(realistic(), prompts=(), guards=(), skipped=(), errors=(), verdict="unchanged")
    empty = replace(empty, findings=replace(empty.findings, new=(), fixed=()))
    assert claim.NONE.split(".")[0] in render(empty, Options(claim=claim.NONE)).replace("\\", "")
