"""Data extraction from full texts."""
import json
import sys
import uuid
from pathlib import Path

from openai import OpenAI

client = OpenAI()

SCHEMA = {
    "arms": [{"name": "", "n_randomised": 0, "n_analysed": 0}],
    "weeks": 0,
    "vo2_peak": [{"arm": "", "mean": 0.0, "sd": 0.0}],
    "deaths": [{"arm": "", "n": 0}],
    "funding": "",
}

PROMPT = f"""Run {uuid.uuid4()}

Extract the data of a randomised trial for the meta-analysis.

Take numbers from the tables before the text; if they differ, take the table.
TODO: notes field for such differences

Standard deviation: if the paper gives a standard error or a confidence interval, do not convert;
leave sd null and quote the interval.

Intention-to-treat numbers where both are given.

Return JSON that validates against this schema:

{{
    "type": "object",
    "properties": {{
        "arms": {{
            "type": "array",
            "items": {{
                "type": "object",
                "properties": {{
                    "name": {{ "type": "string" }},
                    "n_randomised": {{ "type": "integer" }},
                    "n_analysed": {{ "type": "integer" }}
                }},
                "required": [ "name", "n_randomised", "n_analysed" ]
            }}
        }},
        "weeks": {{ "type": "integer" }},
        "vo2_peak": {{
            "type": "array",
            "items": {{
                "type": "object",
                "properties": {{
                    "arm": {{ "type": "string" }},
                    "mean": {{ "type": "number" }},
                    "sd": {{ "type": [ "number", "null" ] }}
                }}
            }}
        }},
        "deaths": {{
            "type": "array",
            "items": {{
                "type": "object",
                "properties": {{
                    "arm": {{ "type": "string" }},
                    "n": {{ "type": "integer" }}
                }}
            }}
        }},
        "funding": {{ "type": "string" }}
    }}
}}

Example of a good answer:

{{"arms": [{{"name": "home", "n": 63}}, {{"name": "centre", "n": 61}}], "weeks": "12 weeks", "vo2_peak": [{{"arm": "home", "mean": 24.1, "sd": 5.2}}], "deaths": [], "funding": "public"}}

Then describe in prose how certain you are of each number and where you found it.
"""


def extract(fulltext: str) -> dict:
    r = client.chat.completions.create(
        model="gpt-4.1",
        temperature=1,
        messages=[
            {"role": "system", "content": PROMPT},
            {"role": "user", "content": fulltext},
        ],
    )
    return json.loads(r.choices[0].message.content)


if __name__ == "__main__":
    for f in sorted(Path(sys.argv[1]).glob("*.txt")):
        Path("extracted", f.stem + ".json").write_text(json.dumps(extract(f.read_text())))
