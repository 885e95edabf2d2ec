"""Splits an answer into claims, for the weekly report on unsupported numbers."""
import json

import anthropic

client = anthropic.Anthropic()

SCHEMA_TEXT = json.dumps(
    {
        "type": "object",
        "properties": {
            "claims": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "text": {"type": "string"},
                        "number": {"type": ["string", "null"]},
                        "supported": {"type": "boolean"},
                    },
                    "required": ["text", "number", "supported"],
                },
            }
        },
        "required": ["claims"],
    },
    indent=4,
)


def prompt(question: str, answer: str, reference: str) -> str:
    return f"""The customer asked: {question}

The bot answered: {answer}

Split the answer above into claims. A claim is a statement that can be true or false by itself. Greetings, offers to help and questions back are not claims. Two facts in one sentence are two claims. Conditions stay with the fact that they limit ("up to 7 years on Enterprise" is one claim).

If a claim holds a number (amount, date, limit, version), copy the number as it is written, with its unit. Otherwise null.

A claim is supported if the reference says the same or if it follows from it. "About 50" is supported by 50. A number that is not in the reference is unsupported even when it's plausible. General knowledge about other vendors is unsupported.

Keep the order of the answer. Keep the wording of the answer as far as the claim can stand alone; put the noun in for a pronoun.

Give the claims as JSON with this schema:
{SCHEMA_TEXT}

Reference: {reference}"""


def claims(question: str, answer: str, reference: str) -> list[dict]:
    for _ in range(2):
        r = client.messages.create(
            model="claude-haiku-4-5",
            max_tokens=1500,
            temperature=0.8,
            system="You serve the quality team of a help desk. The conversation comes from {channel}.",
            messages=[{"role": "user", "content": prompt(question, answer, reference)}],
        )
        text = r.content[0].text
        try:
            return json.loads(text[text.index("{"): text.rindex("}") + 1])["claims"]
        except ValueError:
            continue
    return []
