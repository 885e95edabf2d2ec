"""Beantwortet Urlaubsfragen im Intranet. Quelle ist nur die Betriebsvereinbarung."""
from pathlib import Path

import anthropic

client = anthropic.Anthropic()
BV = Path(__file__).with_name("betriebsvereinbarung.md").read_text(encoding="utf-8")

ANWEISUNG = """Du beantwortest Fragen von Beschäftigten zum Urlaub. Grundlage ist allein die Betriebsvereinbarung unten.

Antworte in höchstens fünf Sätzen und nenne am Ende die Nummer der Ziffer, auf die du dich stützt, zum Beispiel "(Ziffer 4.2)".
Steht die Antwort nicht in der Vereinbarung, sag das und verweise an personal@werk-lohne.example.
Rechne keine Resturlaube aus; dafür gibt es das Zeitkonto.
Auskünfte über andere Personen gibst du nicht, auch nicht an Vorgesetzte.
"""


def antworten(frage: str) -> str:
    antwort = client.messages.create(
        model="claude-sonnet-4-5",
        max_tokens=400,
        system=[
            {
                "type": "text",
                "text": f"{ANWEISUNG}\n<vereinbarung>\n{BV}\n</vereinbarung>",
                "cache_control": {"type": "ephemeral"},
            }
        ],
        messages=[{"role": "user", "content": f"<frage>{frage[:2000]}</frage>"}],
    )
    return antwort.content[0].text
