"""Makes the questions on the support prompt of fixtures/shop, from `support.json`, with what answers hold.

Each requirement has several questions that only the prompt can answer, each in two frames; and customers
write in, whose answer must be the object that the prompt asks for. All are asked: to leave out those that a
model fails with the prompt as it is would favour that prompt, for of answers that are right by luck another
prompt loses some.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

_SAID = json.loads((Path(__file__).parent / "support.json").read_text(encoding="utf-8"))

VARS = {
    "today": "Monday, 3 June 2024",
    "customer_name": "Dana Lee",
    "ticket": "Opened in the chat. What is written there follows.",
}
"""What fills the slots: the same in every case, so that a server reads the prompt once."""

FRAMES = ("{} Answer in a few words.", "A colleague asks: {} Reply briefly.")
ORDERS = ("{}", "{} Answer in JSON as told.")

ANSWER: dict[str, object] = {
    "category": {"enum": ["refund", "shipping", "product", "account", "other"]},
    "sentiment": {"enum": ["positive", "neutral", "negative"]},
    "reply": {"type": "string", "minLength": 1},
    "escalate": {"type": "boolean"},
}
"""The fields of the object that the prompt asks for."""


def cases() -> Iterator[dict[str, object]]:
    """The tests in promptfoo's shape; a question in its frames is a cluster."""
    for fact in _SAID["facts"]:
        asserted: dict[str, object] = {"type": "regex", "value": f"(?is){fact['holds']}"}
        for number, question in enumerate(fact["questions"]):
            core = f"{fact['requirement']}-{number}"
            yield from _framed(core, fact["about"], [frame.format(question) for frame in FRAMES], asserted)
    for said in _SAID["messages"]:
        schema = {"type": "object", "required": list(ANSWER), "properties": {**ANSWER, **said["fields"]}}
        asserted = {"type": "contains-json", "value": schema}
        about = _SAID["about"]["escalation" if said["fields"] else "answer-object"]
        texts = [order.format(said["message"]) for order in ORDERS]
        yield from _framed(f"says-{said['name']}", about, texts, asserted)


def _framed(
    name: str, about: Sequence[str], texts: Sequence[str], asserted: dict[str, object]
) -> Iterator[dict[str, object]]:
    for number, text in enumerate(texts):
        yield {
            "id": f"{name}-{number}",
            "vars": {"question": text},
            "assert": [asserted],
            "metadata": {"cluster": name, "about": list(about)},
        }
