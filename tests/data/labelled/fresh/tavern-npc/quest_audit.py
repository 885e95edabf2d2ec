"""Before a release: look for plot holes across all quests of a chapter. Takes minutes, runs twice a year."""
import pathlib
import sys

from openai import OpenAI

client = OpenAI()

INSTRUCTIONS = """You get all quest scripts of one chapter of Ashfen. Look for what a player can break:

- a quest that asks for an item or person another quest can remove before it
- two quests that claim different things about the same past event
- a reward that can be taken twice
- a dead end: a state from which no line of the script leads on

Go through every pair of quests that share a person, place or item. Give at most 15 findings, the worst first. For each: the quests, the order of steps that leads there, and the lines of the scripts it rests on. No advice on style.
If a script contradicts itself on purpose (an NPC who lies is tagged [lie]), that is no finding.
"""


def main(chapter: str) -> None:
    scripts = sorted(pathlib.Path("quests", chapter).glob("*.txt"))
    text = "\n\n".join(f'<quest name="{p.stem}">\n{p.read_text(encoding="utf-8")}\n</quest>' for p in scripts)
    r = client.responses.create(
        model="gpt-5",
        reasoning={"effort": "high"},
        max_output_tokens=40000,
        instructions=INSTRUCTIONS,
        input=text,
    )
    print(r.output_text)


if __name__ == "__main__":
    main(sys.argv[1])
