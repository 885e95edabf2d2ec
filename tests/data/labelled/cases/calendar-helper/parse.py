"""Turns one sentence into a calendar request. Called on every key press pause in the side panel."""
import json

from openai import OpenAI

client = OpenAI()

PARSE = f"""Turn the sentence into a request.

kind: create, move, decline, ask
title: up to six words, empty for ask
start: ISO local time or null
minutes: integer

Only output JSON of the shape that the schema gives. Dates without a year mean the next such date. "Next Friday" said on a Friday is in seven days, said on any other day it is the Friday of the next week. "End of day" is 17:00, "lunch" 12:00–13:00, "early" before 10:00.

Sentence: lunch with Ines on the 4th
{{"kind": "create", "title": "Lunch with Ines", "start": "2026-12-04T12:00", "minutes": 60}}

Sentence: push standup by half an hour
{{"kind": "move", "title": "Standup", "start": null, "minutes": 30}}

Sentence: can't make the offsite
{{"kind": "cancel", "title": "Offsite", "start": null, "minutes": 0}}

Sentence: when is my next 1:1 with the whole of the platform team in the big room
{{"kind": "ask", "title": "", "start": null, "minutes": 30}}
"""

TODAY = "Today is {today}. Time zone: {zone}."

SCHEMA = {
    "name": "request",
    "strict": True,
    "schema": {
        "type": "object",
        "additionalProperties": False,
        "required": ["kind", "title", "start", "minutes"],
        "properties": {
            "kind": {"enum": ["create", "move", "decline", "ask"]},
            "title": {"type": "string"},
            "start": {"type": ["string", "null"]},
            "minutes": {"type": "integer"},
        },
    },
}


def parse(sentence: str, today: str) -> dict:
    while True:
        r = client.chat.completions.create(
            model="gpt-5-mini",
            reasoning_effort="high",
            max_completion_tokens=4000,
            response_format={"type": "json_schema", "json_schema": SCHEMA},
            messages=[
                {"role": "system", "content": PARSE},
                {"role": "system", "content": TODAY},
                {"role": "user", "content": "Sentence: " + sentence[:200]},
            ],
        )
        out = json.loads(r.choices[0].message.content)
        if out["title"] or out["kind"] == "ask":
            return out
