"""Names that survive edits elsewhere: prompt ids, content hashes and the fingerprints of findings."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator

from promptlint.model import Message, Prompt, SegmentKind


def content_hash(prompt: Prompt) -> str:
    """sha256, in hex, of the canonical JSON of [[role, text with slots], ...]; place and id do not count.

    What is under a condition, in a loop or included has a third entry: what decides it, and where.
    """
    import json

    messages = [
        [
            message.role.value if message.role else None,
            "".join(segment.text for segment in message.segments),
            *_conditions(message),
        ]
        for message in prompt.messages
    ]
    # Escaped to ASCII: a Python literal can spell a lone surrogate, which UTF-8 cannot.
    canonical = json.dumps(messages, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _conditions(message: Message) -> Iterator[list[list[object]]]:
    """The control statements of a message, and the alternatives of its texts, with their offsets.

    A group of alternatives is named by its place among those of the message: where it stands in the file does
    not count.
    """
    found: list[list[object]] = []
    groups: dict[int, int] = {}
    at = 0
    for segment in message.segments:
        if segment.kind is SegmentKind.CONTROL or segment.branch:
            arms = [
                [groups.setdefault(arm.group, len(groups)), arm.arm, *([arm.said] if arm.said else [])]
                for arm in segment.branch
            ]
            found.append([at, segment.name, arms])
        at += len(segment.text)
    if found:
        yield found


def fingerprint(code: str, prompt_id: str, text: str, ordinal: int) -> str:
    """16 hex digits that name a finding whatever line it moves to.

    Args:
        code: of the rule.
        prompt_id: of the prompt, or the path for a finding about the file itself.
        text: what was hit; Unicode form and white space do not count.
        ordinal: 0 for the first such hit in the prompt, 1 for the next...
    """
    folded = " ".join(unicodedata.normalize("NFC", text).split())
    data = f"1|{code}|{prompt_id}|{folded}|{ordinal}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()[:16]


def unique(ids: Iterable[str]) -> tuple[str, ...]:
    """The same ids in the same order, repeats marked `~2`, `~3`..."""
    taken: set[str] = set()
    repeats: dict[str, int] = {}
    result = []
    for name in ids:
        chosen = name
        while chosen in taken:
            repeats[name] = repeats.get(name, 1) + 1
            chosen = f"{name}~{repeats[name]}"
        taken.add(chosen)
        result.append(chosen)
    return tuple(result)
