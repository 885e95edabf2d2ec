"""Verarbeitet den Meldeordner. Läuft alle fünf Minuten."""
import json

from promptflow.core import Prompty

from postfach import gemeldete_mails, ticket

flow = Prompty.load(source="einstufung.prompty")


def stufe(mail) -> dict:
    for _ in range(3):
        roh = flow(absender=mail.absender, betreff=mail.betreff, text=mail.text[:6000], links=mail.links[:20])
        try:
            erg = json.loads(roh)
        except json.JSONDecodeError:
            continue
        if erg.get("stufe") in {"phishing", "spam", "legitim", "uebung"}:
            return erg
    return {"stufe": "offen", "rueckmeldung": ""}


if __name__ == "__main__":
    for m in gemeldete_mails():
        ticket(m, stufe(m))
