"""Hashes: salted, chained over blocks, and folded as repeats are told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from promptlint.traffic.hashing import Chain, Hasher, normal
from promptlint.traffic.table import PREFIX_MOST, prefix_end
from tests.traffic.reading import chat, row

HASHER = Hasher(b"salt")


@given(st.binary(max_size=3000), st.integers(0, 3000))
def test_a_chain_does_not_depend_on_where_it_is_cut(data: bytes, cut: int) -> None:
    data *= 10
    whole = Chain(HASHER, data).extended(b"")
    assert Chain(HASHER, data[:cut]).extended(data[cut:]) == whole
    assert whole[1] == HASHER.data(data)
    for index, hashed in enumerate(whole[0]):
        assert hashed == HASHER.data(data[: prefix_end(index)])
    assert len(whole[0]) == PREFIX_MOST or prefix_end(len(whole[0])) > len(data)


@given(st.text(), st.text())
def test_shared_blocks_are_a_shared_prefix(first: str, second: str) -> None:
    head = "Instructions. " * 100
    one, two = (
        Chain(HASHER, (head + end * 300).encode("utf-8", "surrogatepass")).extended(b"")[0]
        for end in (first, second)
    )
    shared = sum(1 for a, b in zip(one, two, strict=False) if a == b)
    assert shared >= 2
    assert one[:shared] == two[:shared]


@given(st.text(), st.text())
def test_folded_texts_in_a_row_are_both_folded(first: str, second: str) -> None:
    assert normal(first) + normal(second) == normal(first + second)


def test_folding() -> None:
    assert normal("  Order 12,\n\tORDER  1999 ") == b"order,order"
    assert normal("Straße ÄÖ") == normal("STRASSE äö")
    assert normal("a b") == normal("ab\n") != normal("ac")


def test_the_salt_changes_every_hash() -> None:
    from dataclasses import replace

    from tests.traffic.reading import SETTINGS

    record = chat(user="bob@example.com")
    other = (
        row(chat(conversation_id="mail:bob@example.com")),
        row(chat(conversation_id="mail:eve@example.com")),
    )
    assert other[0]["conversation_id"] != other[1]["conversation_id"]
    assert "@" not in other[0]["conversation_id"]
    one, two = row(record), row(record, replace(SETTINGS, salt=b"another"))
    hashes = [name for name in one if name.endswith(("hash", "hashes"))] + ["system"]  # of its words
    assert {"user_hash", "system_hash", "text_hash", "normal_hash", "answer_hash"} <= set(hashes)
    assert all(one[name] != two[name] or one[name] == [] for name in hashes)
    assert {name: value for name, value in one.items() if name not in (*hashes, "delivery")} == {
        name: value for name, value in two.items() if name not in (*hashes, "delivery")
    }
