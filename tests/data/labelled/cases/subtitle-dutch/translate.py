import json

from openai import OpenAI

client = OpenAI()

SYSTEM = """\
Translate subtitles from English to Dutch.

Input: a JSON list of cues with id and text. Output: one cue for each id.

- A line has 42 characters at most, a cue two lines. Shorten rather than overflow: drop names in address, fillers and
  doubled adjectives first.
- A sentence that runs over several cues stays spread over the same cues.
- Swearing keeps its strength. "Bloody" is not "verdomd" in each case.
- jij/je among friends and family, u to strangers over 30, to officials and in scenes before 1960.
- Songs: only translate when the plot needs the words; else leave the text empty.
- Signs and letters on screen (marked [S]) in capitals.
- Units become metric, rounded, except in jokes about units.

Cue: "Two hundred miles? On that bike?"
Dutch: "Driehonderd kilometer? Op die fiets?"

Cue: "[S] Keep out"
Dutch: "VERBODEN TOEGANG"

Cue: "Well, you know, Harry, I think he's, like, a really, really nice man."
Dutch: "Ik vind hem echt een aardige man."
"""

SCHEMA = {
    "name": "cues",
    "strict": True,
    "schema": {
        "type": "object",
        "properties": {
            "cues": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"id": {"type": "integer"}, "text": {"type": "string"}},
                    "required": ["id", "text"],
                    "additionalProperties": False,
                },
            }
        },
        "required": ["cues"],
        "additionalProperties": False,
    },
}


def translate(cues: list[dict], context: str) -> list[dict]:
    """cues: at most 40 at a time; context: two sentences on the scene. An editor waits for the answer."""
    r = client.chat.completions.create(
        model="gpt-4.1",
        temperature=0.3,
        max_tokens=4000,
        response_format={"type": "json_schema", "json_schema": SCHEMA},
        messages=[
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": f"<scene>{context[:400]}</scene>\n<cues>{json.dumps(cues)}</cues>"},
        ],
    )
    return json.loads(r.choices[0].message.content)["cues"]
