import json
import pathlib

from openai import OpenAI

client = OpenAI()
HERE = pathlib.Path(__file__).parent

INTRO = """Label a hotel review.

aspect: room, staff, food, location, price
tone: positive, negative, neutral

If a review touches several aspects take the one with the most words. Irony counts as what is meant. Old reviews keep their labels.
Give the label as JSON: {"aspect": ..., "tone": ...}. Explain your choice of the aspect and of the tone step by step before you write the JSON.
"""


def shots() -> str:
    out = []
    for line in (HERE / "examples.jsonl").open():
        ex = json.loads(line)
        review = ex.pop("review")
        out.append(f"Review: {review}\nLabel: {json.dumps(ex)}")
    return "\n\n".join(out)


def label(review: str) -> dict:
    r = client.chat.completions.create(
        model="gpt-3.5-turbo-16k",
        temperature=0.7,
        max_tokens=300,
        messages=[
            {"role": "system", "content": INTRO + "\n" + shots()},
            {"role": "user", "content": "Review: " + review[:2000] + "\nLabel:"},
        ],
    )
    text = r.choices[0].message.content
    return json.loads(text[text.index("{"):])


def backfill():
    """All reviews since 2015, about 1.2 million. Started by hand, result goes to the warehouse."""
    with open("labels.jsonl", "w") as out:
        for line in open("reviews.jsonl"):
            row = json.loads(line)
            out.write(json.dumps({"id": row["id"], **label(row["text"])}) + "\n")
