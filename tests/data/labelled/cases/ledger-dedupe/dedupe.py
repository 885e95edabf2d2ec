"""Tells whether two bank lines are one payment. Called for the ~2 % that the exact matcher leaves over."""
from typing import Literal

import instructor
from openai import OpenAI
from pydantic import BaseModel, Field

client = instructor.from_openai(OpenAI())


class Verdict(BaseModel):
    verdict: Literal["same", "different", "unsure"]
    evidence: str = Field(max_length=160)


SYSTEM = """Two lines from bank statements follow. Decide whether they record one payment.

Same payment: the same booking seen from two accounts, or exported twice by one bank under two formats. References may
be cut at 27 or 35 characters, umlauts may be spelled out, and the booking date may be one business day later on the
receiving side.

Different: equal amounts that recur (rent, leasing, salaries) with dates a month apart, a payment and its reversal
(the sign tells), and two card payments at one shop on one day with different authorisation codes.

Answer unsure if only the amount and the date speak for a match. A person looks at those.

In evidence, name the fields that decided it and no values. Account numbers must not leave this system.

A: 2026-03-02 | -1.240,00 EUR | Miete Maerz Objekt 14 | DE..771
B: 2026-03-03 | +1.240,00 EUR | MIETE MÄRZ OBJEKT 14 / DAUERAUFTR | DE..208
{"verdict": "same", "evidence": "reference, opposite sign on two accounts, next business day"}

A: 2026-03-02 | -1.240,00 EUR | Miete Maerz Objekt 14 | DE..771
B: 2026-04-02 | -1.240,00 EUR | Miete April Objekt 14 | DE..771
{"verdict": "different", "evidence": "month in the reference, same account"}

A: 2026-05-11 | -89,90 EUR | KARTENZAHLUNG | DE..771
B: 2026-05-11 | -89,90 EUR | Lastschrift 0091 | DE..771
{"verdict": "unsure", "evidence": "amount and date only"}
"""


def compare(a: str, b: str) -> Verdict:
    return client.chat.completions.create(
        model="gpt-5-mini",
        reasoning_effort="low",
        max_completion_tokens=600,
        max_retries=2,
        response_model=Verdict,
        messages=[{"role": "system", "content": SYSTEM}, {"role": "user", "content": f"A: {a}\nB: {b}"}],
    )
