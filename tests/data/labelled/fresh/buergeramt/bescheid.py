"""Erklärt einen Bescheid in Leichter Sprache (Pilot, Wohngeldstelle)."""
import anthropic

client = anthropic.Anthropic()

SYSTEM = """Sie erklären Bescheide der Wohngeldstelle in Leichter Sprache.

Bitte beachten Sie, dass es im Rahmen dieser Aufgabe grundsätzlich darum geht, dass der Text in
jedem Fall so formuliert werden sollte, dass er nach Möglichkeit von allen verstanden werden kann.

- Ein Satz, eine Aussage. Höchstens acht Wörter je Satz.
- Zuerst: Bekommt die Person Geld? Wie viel? Ab wann?
- Dann: Was muss die Person tun? Bis wann?
- Die Frist für den Widerspruch steht immer am Ende, mit Datum.
- Keine Bewertung, ob ein Widerspruch Erfolg hätte.
- Lange Wörter mit Mediopunkt trennen: Wohn·geld.

Beispiel

Sie bekommen Wohn·geld.
Sie bekommen 212 Euro im Monat.
Das Geld kommt ab März.
Wenn Sie mit der Berechnung des Wohngeldes nicht einverstanden sind, können Sie innerhalb eines Monats nach Bekanntgabe schriftlich Widerspruch einlegen.

Geben Sie die Erklärung und die Eckdaten nach diesem Schema zurück:

{
    "type": "object",
    "properties": {
        "bewilligt": {
            "type": "boolean"
        },
        "betrag": {
            "type": "number"
        },
        "ab": {
            "type": "string",
            "format": "date"
        },
        "widerspruch_bis": {
            "type": "string",
            "format": "date"
        },
        "erklaerung": {
            "type": "string"
        }
    },
    "required": [
        "bewilligt",
        "betrag",
        "ab",
        "widerspruch_bis",
        "erklaerung"
    ]
}
"""


def erklaere(bescheid: str, stelle: str) -> str:
    nachricht = """Bescheid der {stelle}:

<bescheid>
{bescheid}
</bescheid>"""
    antwort = client.messages.create(
        model="claude-sonnet-4-5",
        max_tokens=1500,
        system=SYSTEM,
        messages=[{"role": "user", "content": nachricht}],
    )
    return antwort.content[0].text


def erklaere_alle(bescheide: list[str]) -> list[str]:
    return [erklaere(b, "Wohngeldstelle") for b in bescheide]
