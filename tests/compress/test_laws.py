"""Laws of a run without a suite, over every prompt of the fixtures, in every format that holds one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from promptlint import contract, outline, run
from promptlint.compress import ground as grounds
from promptlint.compress import offline
from promptlint.compress.ground import File
from promptlint.compress.offline import Shortened, Target
from promptlint.compress.proposal import Ground
from promptlint.model import Prompt, SegmentKind, Source, SourceKind

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
SUPPORT = FIXTURES / "shop" / "prompts" / "support_assistant.md"


def files() -> Iterator[File]:
    request = run.Request(paths=(FIXTURES,), use_cache=False)
    space = run.workspace(request)
    for at, source in run.sources(request, space)[0]:
        yield grounds.read(source, grounds.settings(space.settings(at, source.path)))


def frame(prompt: Prompt) -> list[tuple[str, ...]]:
    """Slots and statements, in order."""
    held = (SegmentKind.SLOT, SegmentKind.CONTROL)
    return [(each.kind.value, each.text, each.name) for each in prompt.segments if each.kind in held]


def check(file: File, ground: Ground) -> Shortened:
    done = offline.shorten(file, ground, Target())
    assert not done.lost
    assert not done.refused
    read = grounds.read(done.source, file.settings)
    assert [each.prompt.id for each in read.grounds] == [each.prompt.id for each in file.grounds]
    for one, other in zip(file.grounds, read.grounds, strict=True):
        assert frame(one.prompt) == frame(other.prompt)
        if one is not ground:
            assert one.prompt.text == other.prompt.text
    after = next(each for each in read.grounds if each.prompt.id == ground.prompt.id)
    assert after.prompt.text == done.text
    assert done.after.tokens.high <= done.before.tokens.high
    now = contract.contract(after.prompt, outline.outline(after.prompt))
    assert now.slots == ground.view.contract.slots
    assert set(now.urls) == set(ground.view.contract.urls)
    assert set(now.labels) == set(ground.view.contract.labels)
    assert offline.shorten(read, after, Target()).source.text == done.source.text, ground.prompt.id
    return done


def test_every_prompt_of_the_fixtures_keeps_its_contract_and_is_done_at_once() -> None:
    found = [check(file, ground) for file in files() for ground in file.grounds]
    assert len(found) >= 40
    assert sum(bool(each.chosen) for each in found) >= 10


def test_what_is_kept_stays_to_the_letter() -> None:
    text = SUPPORT.read_text(encoding="utf-8")
    space = run.workspace(run.Request(isolated=True))
    settings = grounds.settings(space.settings(SUPPORT, "a.prompt.md"))

    def shortened(said: str) -> str:
        file = grounds.read(Source("a.prompt.md", said, SourceKind.MARKDOWN, named=True), settings)
        return offline.shorten(file, file.grounds[0], Target()).text

    plain = shortened(text)
    gone = [each for each in text.split("\n\n") if each not in plain and "{{" not in each]
    assert len(gone) >= 8
    for paragraph in gone[::4]:
        assert paragraph in shortened(text.replace(paragraph, f"<!-- promptlint: keep -->\n{paragraph}"))
