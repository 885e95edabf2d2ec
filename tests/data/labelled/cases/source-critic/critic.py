"""Source criticism for the archive's research service."""
import json
import random
import uuid

import anthropic

client = anthropic.Anthropic(api_key="sk-ant-api03-fT7mQ2xLw9Kb4RzVn8YpHc3JdSg6Ua1E")

BASE = """Request {rid}. Consult the questions in this order: {order}.

You judge one source for a historian who works on the twentieth century. The historian knows the period well and does not
know the source. You do not retell the source. You say what it can be used for, and what not.

External criticism
Ask of what kind it is (letter, minutes, report, memoir, newspaper, photograph with caption), when it was made and where, by
whom and for whom, in which form it has come down to us (original, copy, transcript, edition), and whether parts are missing.
A date that stands on the source is a claim of the source. If hand, paper or wording speak against it, say so. A memoir that was
written thirty years later is a source for the time of its writing first. For editions, name the editor and what was left out.

Internal criticism
Ask what the writer could know, from seeing it, from hearing it, from reading it. Ask what the writer wanted from the
reader. Ask what goes without saying for both of them and is therefore not written. Separate what is told from how it is
valued. Where the source speaks about people who do not speak themselves, say whose words are used for them.
Do not take terms of the source over into your own text without marks, in particular not the terms of perpetrators.

Value
Say for which questions the source is strong, for which it is weak, for which it is useless. Name one kind of other source
which would have to be laid beside it. Do not say "biased" without saying in which direction and how one sees it.

Form
Write your criticism as a coherent text with transitions, the way it would stand in a seminar paper. The answer is a JSON
object and nothing but a JSON object, with these fields:
{{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {{
    "kind":      {{ "type": "string", "description": "The kind of the source" }},
    "date":      {{ "type": "string", "description": "The date of the source" }},
    "external":  {{ "type": "string", "description": "The external criticism" }},
    "internal":  {{ "type": "string", "description": "The internal criticism" }},
    "strong_for": {{ "type": "array", "items": {{ "type": "string" }} }},
    "weak_for":   {{ "type": "array", "items": {{ "type": "string" }} }}
  }},
  "required": ["kind", "date", "external", "internal", "strong_for", "weak_for"]
}}

Where you do not know, write "unknown". Never make up an archive, a shelf mark or an edition.
"""

ASK = "The source is below. The reader is interested in {interest}. Don't retell it, and don't invent shelf marks.\n"


def critic(text: str, interest: str) -> dict:
    order = random.sample(["external", "internal", "value"], 3)
    while True:
        m = client.messages.create(
            model="claude-sonnet-4-5",
            max_tokens=1500,
            temperature=0.3,
            system=BASE.format(rid=uuid.uuid4(), order=", ".join(order)),
            messages=[{"role": "user", "content": ASK + "<source>\n" + text[:30_000] + "\n</source>"}],
        )
        try:
            return json.loads(m.content[0].text)
        except json.JSONDecodeError:
            continue


def blurb(result: dict) -> str:
    """Text for the catalogue page."""
    m = client.messages.create(
        model="claude-haiku-4-5",
        max_tokens=4096,
        system="Write a text for the catalogue about the source from the notes of the critic. For lay readers.",
        messages=[{"role": "user", "content": json.dumps(result)}],
    )
    return m.content[0].text
