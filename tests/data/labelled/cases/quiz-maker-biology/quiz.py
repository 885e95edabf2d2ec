import json
import sys
from typing import Literal

from openai import OpenAI
from pydantic import BaseModel, Field

client = OpenAI()


class Item(BaseModel):
    stem: str
    options: list[str] = Field(min_length=4, max_length=4)
    answer_index: int = Field(ge=0, le=3)
    level: Literal["recall", "apply", "analyse"]
    hint: str


PROMPT = """
You write multiple-choice items for biology, grade 10. One item for each learning goal.

- the stem is a full question, at most 25 words, no "which of the following"
- four options, of about equal length; one is right without doubt
- wrong options come from typical misconceptions (plants breathe in CO2 instead of O2, evolution has a goal, ...)
- no "all of the above", no "none of the above"
- the hint does not contain a word from the right option
- level: recall, apply or analyse

The output is an object that fits this JSON Schema, do not write anything before or after it:

{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "title": "Item",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "stem": {
      "type": "string",
      "description": "The stem"
    },
    "options": {
      "type": "array",
      "items": {
        "type": "string"
      },
      "minItems": 4,
      "maxItems": 4
    },
    "answer_index": {
      "type": "integer",
      "minimum": 0,
      "maximum": 3
    },
    "level": {
      "type": "string",
      "enum": ["recall", "apply", "analyse"]
    },
    "hint": {
      "type": "string"
    }
  },
  "required": ["stem", "options", "answer_index", "level", "hint"]
}

### Goal: explains why red blood cells burst in pure water
{"stem": "Why do red blood cells burst when they lie in distilled water?", "options": ["Water flows into the cell by osmosis", "Salt flows into the cell by diffusion", "The cell membrane dissolves in the water", "The cell pumps water in to feed itself"], "answer_index": 0, "level": "apply", "hint": "Compare how much salt there is inside and outside."}

### Goal: names the place of photosynthesis
{"question": "In which part of a leaf cell does photosynthesis happen?", "options": ["Nucleus", "Chloroplast", "Vacuole", "Mitochondrion"], "correct": "Chloroplast", "level": "recall", "hint": "It gives leaves their colour."}

### Goal: judges a claim about selection
{"stem": "A farmer says his beetles became resistant because they wanted to live. What is wrong with this?", "options": ["Resistant beetles were there before and had more young", "Beetles become resistant only in the lab", "Resistance is learned from the par
"""


def make_item(goal: str) -> Item:
    while True:
        r = client.beta.chat.completions.parse(
            model="gpt-4.1-mini",
            messages=[
                {"role": "system", "content": PROMPT},
                {"role": "user", "content": f"Goal: {goal}"},
            ],
            response_format=Item,
            temperature=0.8,
        )
        item = r.choices[0].message.parsed
        if item and len(item.stem.split()) <= 25 and len(set(item.options)) == 4:
            return item


if __name__ == "__main__":
    # nightly: the whole curriculum file, ~2,400 goals, teachers look at it next week
    goals = [json.loads(line)["goal"] for line in open(sys.argv[1])]
    with open("items.jsonl", "w") as f:
        for g in goals:
            f.write(make_item(g).model_dump_json() + "\n")
