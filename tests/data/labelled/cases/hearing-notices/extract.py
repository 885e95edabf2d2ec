"""Reads court notices that arrive by fax and puts the hearing into the diary of the firm.

A clerk waits for the entry, as some notices are for the same day.
"""
from typing import Optional

from openai import OpenAI
from pydantic import BaseModel

client = OpenAI()

SYSTEM = """You read notices of courts and return the hearing.

- court and room as printed. "Sitting hall" and "courtroom" are rooms, "chamber" is a part of the court.
- starts: local time of the court, ISO, without zone. If several cases are called at one time, that time counts for all.
- case_no is the number of the court. The number of the firm ("our ref", "your ref") is not wanted.
- personal: true if the party must appear in person. An invitation to appear ("may attend") is false.
- moved_from: the former date when the notice replaces a hearing ("adjourned from", "in place of"), else null.
- A notice that only sets a time limit for a brief is no hearing: all fields null, personal false.

Notice: "... in the matter 7 O 118/26 the hearing fixed for 3 March 2027, 10.15 is moved to 17 March 2027, 9.00, courtroom 204. The personal appearance of the claimant is ordered. ... Regional Court of Aldern"
{"court": "Regional Court of Aldern", "room": "204", "starts": "2027-03-17T09:00", "case_no": "7 O 118/26", "personal": true, "moved_from": "2027-03-03T10:15"}

Notice: "... is given three weeks to reply to the brief of 2 Feb. ... Local Court of Wenn, 12 C 9/27"
{"court": null, "room": null, "starts": null, "case_no": null, "personal": false, "moved_from": null}
"""


class Hearing(BaseModel):
    court: Optional[str]
    room: Optional[str]
    starts: Optional[str]
    case_no: Optional[str]
    personal: bool
    moved_from: Optional[str]


def read(text: str) -> Hearing:
    for _ in range(2):
        r = client.chat.completions.parse(
            model="gpt-4.1-mini",
            temperature=0,
            max_completion_tokens=250,
            response_format=Hearing,
            messages=[
                {"role": "system", "content": SYSTEM},
                {"role": "user", "content": f"<notice>\n{text[:8000]}\n</notice>"},
            ],
        )
        h = r.choices[0].message.parsed
        if h is not None:
            return h
    raise RuntimeError("no hearing read, pass to the clerk")
