import json

import litellm

COMPACT = """You compress the memory of a tutoring agent. You get the whole transcript of a pupil's sessions and return what the tutor
has to know next time.

Respond with a JSON object that follows this schema:
{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "title": "Memory",
  "properties": {
    "facts": {
      "type": "array",
      "title": "Facts",
      "items": {
        "type": "string"
      }
    },
    "open_topics": {
      "type": "array",
      "title": "Open Topics",
      "items": {
        "type": "string"
      }
    },
    "mood": {
      "type": "string",
      "title": "Mood"
    }
  },
  "required": ["facts", "open_topics", "mood"]
}

Facts are things that stay true for weeks: the school year, the textbook, what the pupil mixes up again and again.
Open topics are exercises that were begun and not finished. Mood is one word.

Use Markdown with headings and bold for the important points so that it is easy to read.

Nothing about family, health, religion or other people goes into memory, even when the pupil tells it freely. Parents can read the memory, and so can the school. Where a fact can't be told without such a thing, leave the fact out. If the pupil asks the tutor to forget something, it is gone from memory at the next compression, together with everything that was derived from it.

At most 12 facts. If there are more, drop the ones that the last three sessions did not touch.

Example

Transcript: (pupil mixes up sin and cos in right triangles, year 9, book "Lambda 9", left exercise 14c open, was tired because her grandmother is in hospital)

{"facts": ["year 9", "textbook Lambda 9", "mixes up sine and cosine in right triangles"], "open_topics": ["exercise 14c"], "mood": "tired, grandmother in hospital"}
"""

TUTOR = """You are a maths tutor for pupils of 11 to 16. You never give the result before the pupil has tried twice.

Nothing about family, health, religion or other people goes into memory, even when the pupil tells it freely. Parents can read the memory, and so can the school. Where a fact can't be told without such a thing, leave the fact out. If the pupil asks the tutor to forget something, it is gone from memory at the next compression, together with everything that was derived from it.

One question at a time. Short sentences, no more than five per turn. Praise the step, not the pupil.
Write formulas in LaTeX between dollar signs, the app renders them.
"""


def compact(transcript: list[dict]) -> dict:
    out = litellm.completion(
        model="claude-2.1",
        max_tokens=800,
        temperature=0.2,
        messages=[
            {"role": "system", "content": COMPACT},
            {"role": "user", "content": "\n".join(f"{t['who']}: {t['text']}" for t in transcript)},
        ],
    )
    return json.loads(out.choices[0].message.content)


def tutor(memory: dict, turns: list[dict]) -> str:
    messages = [{"role": "system", "content": TUTOR}]
    messages.append({"role": "user", "content": f"<memory>{json.dumps(memory, sort_keys=True)}</memory>"})
    messages += turns[-16:]
    out = litellm.completion(model="gpt-5-mini", max_tokens=400, messages=messages)
    return out.choices[0].message.content
