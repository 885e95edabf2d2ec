from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promptlint.identity import content_hash, fingerprint, unique
from promptlint.model import Message, Prompt, Role, Segment, SegmentKind, Source, SourceKind, Span

NOWHERE = Span(0, 0)


def prompt(*messages: tuple[Role | None, str], name: str = "a.md", path: str = "a.md") -> Prompt:
    return Prompt(
        name,
        Source(path, "", SourceKind.MARKDOWN),
        tuple(Message(role, (Segment(SegmentKind.TEXT, text, NOWHERE),)) for role, text in messages),
    )


def test_content_hash_is_the_documented_formula() -> None:
    canonical = json.dumps([["system", "Be brief."], [None, "é"]], separators=(",", ":"))
    assert (
        content_hash(prompt((Role.SYSTEM, "Be brief."), (None, "é")))
        == sha256(canonical.encode()).hexdigest()
    )


def test_content_hash_sees_text_slots_and_roles_but_not_the_place() -> None:
    base = prompt((Role.SYSTEM, "Hi"))
    slot = Segment(SegmentKind.SLOT, "{x}", NOWHERE, name="x")
    assert content_hash(base) == content_hash(prompt((Role.SYSTEM, "Hi"), name="b", path="b.md"))
    assert content_hash(base) != content_hash(prompt((Role.USER, "Hi")))
    assert content_hash(base) != content_hash(prompt((Role.SYSTEM, "Hi ")))
    message = base.messages[0]
    with_slot = replace(base, messages=(replace(message, segments=(*message.segments, slot)),))
    assert content_hash(with_slot) == content_hash(prompt((Role.SYSTEM, "Hi{x}")))


def test_content_hash_does_not_join_messages() -> None:
    assert content_hash(prompt((None, "a"), (None, "b"))) != content_hash(prompt((None, "ab")))


def test_content_hash_of_a_lone_surrogate() -> None:
    assert len(content_hash(prompt((None, "\ud800")))) == 64


def test_fingerprint_is_the_documented_formula() -> None:
    expected = sha256("1|RED001|a.py::S|say é twice|0".encode()).hexdigest()[:16]
    assert fingerprint("RED001", "a.py::S", "  say\n\te\u0301  twice ", 0) == expected


@pytest.mark.parametrize(
    "other",
    [("RED002", "a", "t", 0), ("RED001", "b", "t", 0), ("RED001", "a", "u", 0), ("RED001", "a", "t", 1)],
)
def test_fingerprint_tells_apart(other: tuple[str, str, str, int]) -> None:
    assert fingerprint("RED001", "a", "t", 0) != fingerprint(*other)


@given(st.text(), st.integers(0, 99))
def test_fingerprint_takes_any_text(text: str, ordinal: int) -> None:
    mark = fingerprint("RED001", "a", text, ordinal)
    assert len(mark) == 16
    assert mark == fingerprint("RED001", "a", f" {text}\n", ordinal)


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([], ()),
        (["a", "b"], ("a", "b")),
        (["a", "a", "b", "a"], ("a", "a~2", "b", "a~3")),
        (["a", "a~2", "a"], ("a", "a~2", "a~3")),
        (["a", "a", "a~2"], ("a", "a~2", "a~2~2")),
    ],
)
def test_unique(ids: list[str], expected: tuple[str, ...]) -> None:
    assert unique(ids) == expected


@given(st.lists(st.sampled_from(["a", "a~2", "a~3", "b", "a~2~2"])))
def test_unique_is_unique_and_keeps_order(ids: list[str]) -> None:
    result = unique(ids)
    assert len(set(result)) == len(result) == len(ids)
    assert all(new.startswith(old) for old, new in zip(ids, result, strict=True))
