"""What is planted in generated logs is recovered from every format, and the page says so."""

from __future__ import annotations

import pytest

from tests.traffic.planted import make_traffic  # isort: skip  # finds the scripts
import build_truths


@pytest.mark.slow
def test_every_format_tells_what_was_planted() -> None:
    rows = build_truths.rows()
    assert len(rows) >= 17
    for row in rows:
        assert set(row.found) == set(make_traffic.FORMATS)
        for format_, value in row.found.items():
            if (format_, row.what) in build_truths.LACKS:
                assert value is None
            else:
                assert value == pytest.approx(row.planted, rel=row.tolerance or 1e-9), (row.what, format_)
    block = build_truths.BLOCK.search(build_truths.DOCS.read_text(encoding="utf-8"))
    assert block is not None
    assert block.group() == build_truths.table(tuple(rows))
