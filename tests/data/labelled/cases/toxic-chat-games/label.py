import csv
import json
import sys

from openai import OpenAI

oai = OpenAI()
LABELS = ["ok", "trash_talk", "insult", "slur", "threat", "scam"]

PAIRS = [
    ("gg wp everyone", "ok"),
    ("anyone up for ranked after dinner", "ok"),
    ("brb door", "ok"),
    ("lol i missed the whole wave", "ok"),
    ("ez game go next", "trash_talk"),
    ("my grandma aims better with the mouse in her feet", "trash_talk"),
    ("delete the game bro", "trash_talk"),
    ("you are a brainless waste of a slot", "insult"),
    ("shut up you pathetic worm", "insult"),
    ("nobody likes you, not even your team", "insult"),
    ("i know your street, wait for it", "threat"),
    ("i will find you and break your hands", "threat"),
    ("say that again and you wont walk tomorrow", "threat"),
    ("free skins, log in here with your password", "scam"),
    ("give me your code i double your coins", "scam"),
    ("send 5 gift cards, get a dragon", "spam"),
    ("delete the game bro", "insult"),
]

SYSTEM = """You label lines of chat from an online game. Labels: {labels}.

trash_talk is about the game, insult is about the person. A threat names something outside of the game
("I'll kill you at B" is ok). Leetspeak and spaces in words do not make a slur harmless.

Give your reasons in two sentences, then the label in the field. Answer as JSON: {{"reason": "...", "label": "..."}}.

{examples}
"""


def build():
    ex = "\n".join(f"{text} => {label}" for text, label in PAIRS)
    return SYSTEM.format(labels=", ".join(LABELS), examples=ex)


def label(line: str) -> str:
    r = oai.chat.completions.create(
        model="gpt-5-pro",
        reasoning_effort="high",
        messages=[{"role": "system", "content": build()}, {"role": "user", "content": line}],
        response_format={"type": "json_object"},
    )
    return json.loads(r.choices[0].message.content)["label"]


def relabel(line: str) -> str:
    """second opinion for appeals, a moderator is waiting"""
    out = ""
    while out not in LABELS:
        r = oai.chat.completions.create(
            model="gpt-4.1-nano",
            temperature=0.9,
            max_tokens=5,
            messages=[
                {"role": "system", "content": "Label the chat line. One of: " + ", ".join(LABELS) + ". Only the label."},
                {"role": "user", "content": line},
            ],
        )
        out = r.choices[0].message.content.strip()
    return out


if __name__ == "__main__":
    # monthly transparency report
    w = csv.writer(sys.stdout)
    for row in csv.DictReader(open(sys.argv[1])):
        w.writerow([row["id"], label(row["text"])])
