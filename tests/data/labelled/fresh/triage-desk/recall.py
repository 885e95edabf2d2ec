"""Recall letters for vaccinations and check-ups. Runs on the first of the month."""
import asyncio

from openai import AsyncOpenAI

client = AsyncOpenAI()

LETTER = (
    "Write a recall letter from a general practice. Name the check that is due and why it matters "
    "for this patient, in words a lay person knows. One number to ring. Do not mention other "
    "diagnoses of the patient: letters are opened by relatives. 70 to 100 words."
)


async def letter(row: dict) -> str:
    for attempt in range(4):
        reply = await client.chat.completions.create(
            model="gpt-5-mini",
            max_completion_tokens=700,
            messages=[
                {"role": "system", "content": LETTER},
                {"role": "user", "content": f"Check due: {row['check']}\nAge: {row['age']}"},
            ],
        )
        text = reply.choices[0].message.content
        if 60 <= len(text.split()) <= 110:
            return text
    raise RuntimeError(f"no letter of the right length for {row['id']}")


async def main(rows: list[dict]) -> list[str]:
    return await asyncio.gather(*(letter(r) for r in rows))
