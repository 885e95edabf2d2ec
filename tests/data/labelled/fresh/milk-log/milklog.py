"""Turn the free-text notes from the parlour into rows for the herd book."""
from enum import Enum

import anthropic
from pydantic import BaseModel, Field

client = anthropic.Anthropic()

SYSTEM = """\
You turn milkers' notes into herd-book rows. One row per cow named in the note.

- cow: the ear-tag number as written, leading zeros kept. A cow called only by name goes
  into `unmatched`, not into `rows`.
- litres: a number if the note gives one for that cow, else null. Never split a tank total
  over cows.
- event: the one that fits best. "Dried off" and "dry from today" are dry_off; "let her go",
  "sold", "went to the knacker" are left_herd. Plain milk yield is milking.
- flag: true if the note asks for a vet, or mentions clots, blood, heat or swelling in the
  udder.

Notes are in English or Welsh, often with typing errors. Keep no personal names of staff.
"""


class Event(str, Enum):
    milking = "milking"
    calving = "calving"
    dry_off = "dry_off"
    treatment = "treatment"
    left_herd = "left_herd"


class Row(BaseModel):
    cow: str
    litres: float | None
    event: Event
    flag: bool


class Sheet(BaseModel):
    rows: list[Row]
    unmatched: list[str] = Field(description="names or phrases that fit no ear tag")


def read_notes(notes: list[str]) -> Sheet:
    """A day's notes (about thirty lines) go in one call."""
    text = "\n".join(f"<note>{n}</note>" for n in notes)
    reply = client.messages.parse(
        model="claude-haiku-4-5",
        max_tokens=4000,
        temperature=0,
        system=SYSTEM,
        messages=[{"role": "user", "content": text}],
        output_format=Sheet,
    )
    return reply.parsed_output
