"""Pulls part mentions out of repair notes. Runs once a week over the notes of all depots (about 40k)."""
import json
import pathlib

from openai import OpenAI

client = OpenAI()
SHOTS = json.loads(pathlib.Path(__file__).with_name("shots.json").read_text())

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "PartMentions",
    "type": "object",
    "properties": {
        "parts": {
            "title": "Parts",
            "type": "array",
            "items": {
                "title": "Part",
                "type": "object",
                "properties": {
                    "text": {"title": "Text", "type": "string"},
                    "kind": {
                        "title": "Kind",
                        "type": "string",
                        "enum": ["brake", "door", "hvac", "pantograph", "seat", "other"],
                    },
                    "action": {"title": "Action", "type": "string", "enum": ["replaced", "repaired", "checked"]},
                },
                "required": ["text", "kind", "action"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["parts"],
    "additionalProperties": False,
}

SYSTEM = f"""Find the parts that a repair note of a tram depot mentions.

"text" is the mention exactly as written, typos included. Do not lengthen abbreviations. A part that was only looked at
is "checked". If a note says that a part was taken from another tram, it is "replaced" on this one; the donor is not
mentioned. Tools and consumables (grease, cable ties) are not parts.

Result: valid JSON that conforms to this schema, no additional keys allowed.

{json.dumps(SCHEMA, indent=4)}
"""


def extract(note: str) -> list[dict]:
    messages = [{"role": "system", "content": SYSTEM}]
    for shot in SHOTS:
        messages.append({"role": "user", "content": shot["note"]})
        messages.append({"role": "assistant", "content": json.dumps(shot["out"])})
    messages.append({"role": "user", "content": note[:1500]})
    r = client.chat.completions.create(
        model="gpt-4.1",
        temperature=0.8,
        max_tokens=700,
        messages=messages,
        response_format={"type": "json_schema", "json_schema": {"name": "parts", "strict": True, "schema": SCHEMA}},
    )
    return json.loads(r.choices[0].message.content)["parts"]


def main(src: str, dst: str) -> None:
    with open(src) as notes, open(dst, "w") as out:
        for line in notes:
            rec = json.loads(line)
            rec["parts"] = extract(rec["note"])
            out.write(json.dumps(rec) + "\n")
