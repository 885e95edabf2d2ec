"""Fills the slot columns while the customer is still in the checkout."""
from pathlib import Path
from openai import OpenAI

PROMPT = Path(__file__).with_name("fewshot.txt").read_text().rstrip("\n")
client = OpenAI()


def slot(note: str) -> list[str]:
    r = client.chat.completions.create(
        model="gpt-4.1-mini",
        messages=[{"role": "user", "content": f"{PROMPT} {note[:300]}"}],
        max_completion_tokens=20,
        temperature=0,
        stop=["\n"],
    )
    return r.choices[0].message.content.strip().split("|")
