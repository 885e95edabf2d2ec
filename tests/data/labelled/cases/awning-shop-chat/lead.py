"""Scores a finished chat as a sales lead. Runs right after the chat closes; the rep on duty watches the list."""
from typing import Literal

import instructor
from openai import OpenAI
from pydantic import BaseModel

client = instructor.from_openai(OpenAI())


class Lead(BaseModel):
    score: Literal["hot", "warm", "cold"]
    product: Literal["awning", "parasol", "cover", "unknown"]
    callback: bool


PROMPT = """Score the chat below as a lead.

hot: sizes are known and the visitor asked for price or date
warm: a product is named, no sizes
cold: everything else, service cases too

Describe at length what speaks for and against each score, then decide. Only the fields of the model are stored.

Return only the fields score, product and callback, with score being hot, warm or cold.

"Six metres by three, what would that be with motor?" -> hot, awning, false
"Can somebody ring me about the 4 x 2.5 one we discussed, until Friday" -> hot, awning, true
"3.5 m cassette awning in sand: how soon could you fit it?" -> hot, awning, false
"Do you have round parasols" -> warm, parasol, false
"thinking about a roof over the terrace, glass or cloth" -> warm, cover, false
"I like the striped awnings" -> warm, awning, false
"my motor makes noises since the storm" -> cold, awning, false
"Are you hiring" -> cold, unknown, false
"I like the striped awnings" -> cold, awning, false

Chat:
"""


def score(turns: list[str]) -> Lead:
    return client.chat.completions.create(
        model="gpt-4.1-mini",
        temperature=0.9,
        max_tokens=300,
        response_model=Lead,
        messages=[{"role": "user", "content": PROMPT + "\n".join(turns)}],
    )
