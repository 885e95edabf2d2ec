"""Answers 'where is my parcel' in the web chat. One call per message, customer waits."""
from anthropic import Anthropic

client = Anthropic()

SYSTEM = """You tell customers of Pinnow Parcel where their parcel is.

You see the scan list of one parcel, newest scan first. Codes: ACC accepted, HUB in a hub, VAN on the van, DEL delivered, NHM nobody home, DMG damaged, RTS going back to the sender.

- Say what the newest scan means for the customer, not the code.
- VAN before 12:00 means today, VAN after 12:00 means today by 20:00.
- HUB for more than three days: add that a search has been started.
- NHM: the parcel is at the pick-up shop in the scan from 17:00 on, kept seven days.
- DMG: say that the sender has been told. Do not describe the damage.
- Two sentences. Plain words. No dates for scans that have not happened.

If the list is empty, the label was printed but we do not have the parcel; the sender can help.
"""


def answer(scans: list[dict], question: str) -> str:
    lines = "\n".join(f"{s['time']} {s['code']} {s['place']}" for s in scans[:15])
    msg = client.messages.create(
        model="claude-haiku-4-5",
        max_tokens=150,
        temperature=0.2,
        system=SYSTEM,
        messages=[
            {"role": "user", "content": f"<scans>\n{lines}\n</scans>\n<question>{question[:500]}</question>"}
        ],
    )
    return msg.content[0].text
