import json
from pathlib import Path

from anthropic import Anthropic

client = Anthropic()
GUIDE = Path(__file__).with_name("guide.md").read_text()


def reply(case: dict) -> str:
    """Message at a change of stage, about 9,000 a day."""
    r = client.messages.create(
        model="claude-sonnet-4-5",
        max_tokens=400,
        system=[{"type": "text", "text": GUIDE, "cache_control": {"type": "ephemeral"}}],
        messages=[{"role": "user", "content": json.dumps(case, sort_keys=True)}],
    )
    return r.content[0].text


def answer(case: dict, question: str) -> str:
    """Customer asks back in the app, about 3,000 a day."""
    r = client.messages.create(
        model="claude-sonnet-4-5",
        max_tokens=300,
        system=GUIDE,
        messages=[{"role": "user", "content": json.dumps(case, sort_keys=True) + "\n<question>" + question[:800] + "</question>"}],
    )
    return r.content[0].text
