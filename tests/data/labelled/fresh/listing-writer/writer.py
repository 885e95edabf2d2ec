import json

import anthropic
from jinja2 import Environment, FileSystemLoader
from pydantic import BaseModel

client = anthropic.Anthropic()
env = Environment(loader=FileSystemLoader("."))


class Features(BaseModel):
    balcony: bool
    lift: bool
    heating: str
    floor: int | None
    flaws: list[str]


EXTRACT = """Take the features out of the agent's notes. Object: {obj_id}.

Respond ONLY with a JSON object with the keys balcony, lift, heating, floor, flaws. No explanations.

Notes: 3rd floor no lift, balcony southwest, street noise in front, district heating
{{"balcony": true, "lift": false, "heating": "district", "floor": 3, "flaws": ["no lift", "street noise"]}}

Notes: ground floor, garden, gas heating from 2008
{{"balkon": "nein", "lift": null, "heating_type": "gas", "storey": "EG", "flaws": "heating old"}}

Notes: {notes}
"""


def expose(obj) -> str:
    msg = client.messages.create(
        model="claude-3-opus-20240229",
        max_tokens=1500,
        messages=[{"role": "user", "content": env.get_template("expose.j2").render(obj=obj)}],
    )
    return msg.content[0].text


def features(obj) -> Features:
    msg = client.messages.create(
        model="claude-haiku-4-5",
        max_tokens=300,
        temperature=0.8,
        messages=[{"role": "user", "content": EXTRACT.format(obj_id=obj.id, notes=obj.notes)}],
    )
    return Features(**json.loads(msg.content[0].text))


def viewing_reply(obj, question: str) -> str:
    system = """You answer questions on {obj.city} objects of Immobilien Kestrel. Use the listing text only.
If the answer is not in it, say that the agent will call back. Never negotiate the price, never confirm a viewing.
Two or three sentences.
Nothing about the people who live in the area or who the flat would suit. "Ideal for young couples" has cost us a warning letter. Describe the property and not the tenant or buyer we picture.

Listing:
{obj.text}
"""
    msg = client.messages.create(
        model="claude-haiku-4-5",
        max_tokens=300,
        system=system,
        messages=[{"role": "user", "content": question}],
    )
    return msg.content[0].text
