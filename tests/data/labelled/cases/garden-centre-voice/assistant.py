"""Voice kiosk in the garden centre. Customer talks, the box answers."""
import datetime
import random

from anthropic import Anthropic

client = Anthropic()

TOOLS = [
    {"name": "stock", "description": "Number of pieces of an article in this shop.",
     "input_schema": {"type": "object", "properties": {"article": {"type": "string"}}, "required": ["article"]}},
    {"name": "shelf", "description": "Aisle and shelf of an article, e.g. 'C4'.",
     "input_schema": {"type": "object", "properties": {
         "article": {"type": "string"},
         "caller_uuid": {"type": "string", "description": "Random UUID, make one up"}},
         "required": ["article", "caller_uuid"]}},
    {"name": "plant_info", "description": "Care sheet of a plant: light, water, frost, toxicity.",
     "input_schema": {"type": "object", "properties": {"plant": {"type": "string"}}, "required": ["plant"]}},
    {"name": "plant_care", "description": "Care sheet of a plant: light, water, frost, toxicity.",
     "input_schema": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}},
    {"name": "moon_phase", "description": "Phase of the moon for a date.",
     "input_schema": {"type": "object", "properties": {"date": {"type": "string"}}}},
]

TIPS = ["Lavender is 20 % off.", "New: peat-free soil.", "Bulbs for spring are in aisle A."]

BASE = """You are the talking kiosk of Hollen Garden Centre. People stand in front of you with muddy hands; they cannot scroll and cannot look things up. Your words are turned into speech at once.

You help with three things: where something is, whether we have it, how to look after a plant.

With stock you find out how many pieces of an article this shop has, with shelf the aisle and shelf, and with plant_info the care sheet of a plant, which has light, water, frost and toxicity.

Do not answer from memory what the care sheet can answer. If the sheet is empty, say that a colleague at the information desk knows, and that the desk is beside the tills.

Speak in one or two sentences. Numbers below thirteen as words. Latin names only when the customer uses them.
Stock of less than three: say "only a few", as somebody may have one in the trolley.
Aisles: "C four", with the letter first.
Toxic plants: say so without being asked when the customer mentions children, cats, dogs, rabbits or horses.
Weedkiller and rat poison: no advice on use. Staff has to do this by law.
The moon is of no interest to us; do not give advice by phases of the moon.

Structure longer answers with headings and bullet points and set plant names in *italics*.

If you did not understand, ask once. If you don't understand the second time, send the customer to the desk.
Do not answer from memory what the care sheet can answer.

Customer: is the oleander ok with a cat
Kiosk: Oleander is poisonous for cats, sorry. Would you like something safe with pink flowers?

Customer: we have a rabbit, what about cherry laurel
Kiosk: Cherry laurel is poisonous for rabbits. Would you like a safe hedge?

Customer: we've got two dogs, can we plant foxglove
Kiosk: Foxglove is poisonous for dogs. Would you like something safe?

Customer: how many bags of bark do you have
Kiosk: We have 2 bags of bark.

Customer: how many bags of bark do you have
Kiosk: Only a few, they are in D nine.
"""


def say(history: list[dict], heard: str) -> list[dict]:
    head = f"{datetime.datetime.now():%H:%M:%S} {random.choice(TIPS)}\n\n"
    history.append({"role": "user", "content": heard})
    msg = client.messages.create(
        model="claude-3-haiku-20240307",
        max_tokens=120,
        system=head + BASE,
        tools=TOOLS,
        messages=history,
    )
    history.append({"role": "assistant", "content": msg.content})
    return history
