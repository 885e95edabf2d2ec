"""Order of the photos in a listing. One call an object, all captions at once."""
from openai import OpenAI
from pydantic import BaseModel

client = OpenAI()


class Order(BaseModel):
    ids: list[int]
    drop: list[int]


SYSTEM = """Put the photos of a flat or house in the order in which they appear in the listing.

First the best view of the living room, then kitchen, bedrooms, bath, balcony or garden, house from outside, floor plan last.
For houses the outside view comes first.
Drop: doubles (keep the first), photos with people or number plates, the boiler.
Every id appears once, either in ids or in drop.

Example (flat)
1 bath, 2 living room towards window, 3 living room door, 4 plan, 5 kitchen, 6 living room towards window (2)
ids 2, 3, 5, 1, 4; drop 6
"""


def order(kind: str, captions: dict[int, str]) -> Order:
    lines = "\n".join(f"{i} {c}" for i, c in sorted(captions.items()))
    r = client.chat.completions.parse(
        model="gpt-5-nano",
        max_completion_tokens=1500,
        response_format=Order,
        messages=[
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": f"{kind}\n{lines}"},
        ],
    )
    return r.choices[0].message.parsed
