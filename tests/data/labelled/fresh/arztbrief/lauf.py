import json
from pathlib import Path

from openai import OpenAI
from pydantic import BaseModel

from prompts import SYSTEM_ENTWURF, SYSTEM_ICD, USER_ENTWURF

client = OpenAI()


class Kode(BaseModel):
    kode: str
    text: str
    belegstelle: str


class Vorschlag(BaseModel):
    kodes: list[Kode]


def entwurf(fallnummer: str, verlauf: str) -> str:
    antwort = client.chat.completions.create(
        model="gpt-5",
        max_completion_tokens=2500,
        messages=[
            {"role": "system", "content": SYSTEM_ENTWURF},
            {"role": "user", "content": USER_ENTWURF.format(fallnummer=fallnummer, verlauf=verlauf)},
        ],
    )
    return antwort.choices[0].message.content


def icd(brief: str) -> Vorschlag:
    antwort = client.chat.completions.parse(
        model="gpt-5-mini",
        max_completion_tokens=1500,
        response_format=Vorschlag,
        messages=[
            {"role": "system", "content": SYSTEM_ICD},
            {"role": "user", "content": f"<brief>\n{brief}\n</brief>"},
        ],
    )
    return antwort.choices[0].message.parsed


if __name__ == "__main__":
    for datei in sorted(Path("faelle").glob("*.json")):
        fall = json.loads(datei.read_text())
        brief = entwurf(fall["nummer"], fall["verlauf"])
        Path("entwuerfe", datei.stem + ".txt").write_text(brief)
        Path("entwuerfe", datei.stem + ".icd.json").write_text(icd(brief).model_dump_json(indent=2))
