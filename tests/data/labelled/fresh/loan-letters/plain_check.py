"""Shorten sentences that run over 25 words. Only the sentences go out, never the file."""
import re

from anthropic import Anthropic

client = Anthropic()
LIMIT = 25

SYSTEM = """Split or shorten each sentence in the list so that no sentence has more than 25 words.
Keep every sum, date and name as it is. Keep "must" and "may" apart: they do not mean the same in a loan letter.
Return the sentences in the same order, one item a line, without numbering."""


def long_sentences(body: str) -> list[str]:
    return [s for s in re.split(r"(?<=[.!?])\s+", body) if len(s.split()) > LIMIT]


def shorten(body: str) -> str:
    for _ in range(2):
        found = long_sentences(body)
        if not found:
            break
        answer = client.messages.create(
            model="claude-haiku-4-5",
            max_tokens=1000,
            temperature=0,
            system=SYSTEM,
            messages=[{"role": "user", "content": "\n".join(found)}],
        )
        lines = [line for line in answer.content[0].text.splitlines() if line.strip()]
        if len(lines) != len(found):
            break  # the officer shortens by hand
        for old, new in zip(found, lines):
            body = body.replace(old, new)
    return body
