"""Night-to-day handover summaries for wards 3 and 4."""
import datetime
import os

import anthropic

from ward.db import bed_list, notes_for_stay

client = anthropic.Anthropic(api_key=os.environ["ANTHROPIC_API_KEY"])

SYSTEM = """Time of printing: {now}

You prepare the spoken handover that the night nurse gives to the day team on a
surgical ward. The text goes to the ward's speech unit and is played once at 06:55,
so write it the way a colleague would say it.

What to say for each patient, in this order:
- bed, surname, day after the operation
- what changed during the night: pain, fever, bleeding, output of drains, falls,
  refusals of medicine
- what is still open: bloods not back, a doctor who was called and has not come,
  a drip that ends before ten
- what the patient or the family asked for

What to leave out:
- anything that was the same the night before and the night before that
- the history before admission, unless it explains something from tonight
- names of staff. Say "the doctor on call", "the physio"

Numbers. Give temperature, heart rate and early warning score only when they moved
out of the range that the chart gives for this patient. A score that rose by two or
more comes first for that patient, before everything else.

Medicine. Name the drug and the dose that was given, and when. Never work out a dose,
never suggest one. If a note is unreadable, say that it is unreadable.

Put each bed under a heading with two hashes and set open tasks in bold, so that they
stand out.

Keep it under 60 words for each patient. A quiet night may be one sentence.

If two notes disagree, say both and who wrote which role. Do not choose.

Patients with an isolation sign: begin with the sign and the reason.

Stable things need not be told: if the finding is unchanged since the previous nights,
skip it.

Do not greet, do not close with wishes for the day.
"""


def render(stay_id: int) -> str:
    notes = notes_for_stay(stay_id)  # since admission, oldest first
    return "\n\n".join(f"[{n.at:%d.%m. %H:%M}] {n.role}: {n.text}" for n in notes)


def handover(ward: str) -> str:
    now = datetime.datetime.now().isoformat()
    out = []
    for bed in bed_list(ward):
        msg = client.messages.create(
            model="claude-2.1",
            max_tokens=250,
            temperature=0.2,
            system=SYSTEM.format(now=now),
            messages=[
                {
                    "role": "user",
                    "content": f"Bed {bed.label}\n<notes>\n{render(bed.stay_id)}\n</notes>\n"
                    "No staff names please, roles only. Give me the part for this bed.",
                }
            ],
        )
        out.append(msg.content[0].text.strip())
    return "\n\n".join(out)
