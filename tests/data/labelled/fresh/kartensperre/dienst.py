import json
import logging
from pathlib import Path

from openai import OpenAI

log = logging.getLogger("kartensperre")
client = OpenAI()
PROMPT = (Path(__file__).parent / "einordnung.txt").read_text(encoding="utf-8")


def einordnen(meldung: str) -> dict:
    while True:
        r = client.chat.completions.create(
            model="gpt-4.1",
            temperature=0.9,
            messages=[
                {"role": "system", "content": PROMPT},
                {"role": "user", "content": f"Meldung: {meldung}\nAntworte nur mit JSON."},
            ],
        )
        try:
            return json.loads(r.choices[0].message.content)
        except json.JSONDecodeError:
            log.warning("kein JSON, nochmal")


def lauf(meldungen):
    for m in meldungen:
        e = einordnen(m.text)
        if e["sperren"]:
            m.karte.sperren()
        m.frist = e["frist_min"]
        m.label = e["label"]
        m.speichern()
