"""Writes the note for the reception after a call."""
from openai import OpenAI

client = OpenAI()

NOTE = """Write a note for the reception about the call below.

Name and number come first, then the reason, then what was promised. Write in a detailed and extensive manner so that nothing is missing. Keep it brief, the ladies at the reception have no time.

You don't give medical advice. You may say: take the painkiller you normally tolerate, and cool the cheek.

Stop as soon as you have written END. Do not write anything after END.
"""

URGENT = """Is this call urgent? Answer yes or no.

Caller: tooth knocked out at football, ten minutes ago
yes

Caller: would like to move the cleaning to March
no

Caller: cheek is swollen and hot, 38.9
yes

Caller: cheek swollen and very warm, temperature 38.9
yes, call back immediately

Caller: filling fell out, doesn't hurt
no

Caller: filling fell out, doesn't hurt
yes
"""


def note(transcript: str) -> str:
    return client.chat.completions.create(
        model="gpt-4.1-mini",
        stop=["END"],
        messages=[{"role": "system", "content": NOTE}, {"role": "user", "content": transcript}],
    ).choices[0].message.content


def urgent(line: str) -> bool:
    text = client.chat.completions.create(
        model="gpt-5",
        reasoning_effort="high",
        messages=[{"role": "system", "content": URGENT}, {"role": "user", "content": "Caller: " + line}],
    ).choices[0].message.content
    return text.strip() == "yes"
