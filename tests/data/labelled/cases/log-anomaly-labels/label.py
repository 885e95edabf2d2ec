"""Nightly: labels all windows of the day."""
import csv
import pathlib

from openai import OpenAI

PROMPT = pathlib.Path("prompt.txt").read_text()
LABELS = ["normal", "network", "printer", "card_reader", "tamper", "clock"]
client = OpenAI()

with open("windows.csv") as src, open("labels.csv", "w") as dst:
    out = csv.writer(dst)
    for row in csv.DictReader(src):
        r = client.responses.create(
            model="gpt-5",
            reasoning={"effort": "high"},
            instructions=PROMPT,
            input=row["lines"],
            max_output_tokens=2000,
            text={
                "format": {
                    "type": "json_schema",
                    "name": "label",
                    "strict": True,
                    "schema": {
                        "type": "object",
                        "properties": {"label": {"type": "string", "enum": LABELS}},
                        "required": ["label"],
                        "additionalProperties": False,
                    },
                }
            },
        )
        out.writerow([row["id"], r.output_text])
