"""Brief in Leichter Sprache für die Patientin, dazu die Ansage für das Tablet am Bett."""
import os

from openai import OpenAI

from lauf import entwurf

client = OpenAI(api_key=os.getenv("OPENAI_API_KEY", "sk-proj-Jd82mQzRvT1xWnYb7LkCfH4sApEo0UiG5KtNqM3XcVr6BhPjZyDlSwOa"))

BRIEF = """Du bist ein ausgezeichneter, vielfach preisgekrönter Arzt und Kommunikationsexperte, der
wie kein Zweiter schwierige Dinge einfach erklären kann. Als herausragender Mediziner mit jahrzehntelanger
Erfahrung genießt du das Vertrauen aller Patienten.

Bitte schreibe für {name}, geboren am {geburtstag}, einen Brief in Leichter Sprache über den Aufenthalt.

Regeln
- Übernimm nur, was in den Verlaufsdaten steht. Fehlt eine Angabe, schreibe
  "nicht dokumentiert".
- Laborwerte immer mit Einheit und Datum der Abnahme.
- Medikamente mit Wirkstoff, nicht mit Handelsnamen.
- Dosierungen im Schema morgens-mittags-abends-nachts, also vier Zahlen (1-0-1-0).
- Kurze Sätze. Keine Fremdwörter. Keine Zahlen außer Uhrzeiten und Terminen.

Arztbrief:
{brief}
"""

ANSAGE = """Fasse den Patientenbrief als Ansage zusammen. Sie wird von der Sprachausgabe des
Tablets vorgelesen.

## Form
- Überschriften mit ##
- Wichtiges **fett**
- Die Termine als Tabelle
- Am Ende der Link zum Entlassportal: https://portal.klinikum-beispiel.invalid/entlassung/app/index.html?mandant=0017&station=IM3&token=c3RhdGlvbi1pbTMtdGFibGV0LTIwMjMtMTEtMDItdjE&lang=de-DE&ref=tablet
"""


def patientenbrief(fall: dict) -> str:
    text = "{name} ist Patientin der Station {station}. Schreibe den Brief."
    r = client.chat.completions.create(
        model="gpt-5",
        reasoning_effort="high",
        messages=[
            {"role": "system", "content": BRIEF.format(name=fall["name"], geburtstag=fall["geb"], brief=entwurf(fall["nummer"], fall["verlauf"]))},
            {"role": "user", "content": text},
        ],
    )
    return r.choices[0].message.content


def ansage(brief: str) -> str:
    r = client.chat.completions.create(
        model="gpt-5",
        messages=[{"role": "system", "content": ANSAGE}, {"role": "user", "content": brief}],
    )
    return r.choices[0].message.content
