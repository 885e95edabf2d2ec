from enum import Enum

import jinja2
from openai import OpenAI
from pydantic import BaseModel

template = jinja2.Environment(autoescape=False).from_string(open("pairwise.j2").read())
client = OpenAI()


class Winner(str, Enum):
    A = "A"
    B = "B"
    tie = "tie"


class Verdict(BaseModel):
    winner: Winner


def once(request: str, a: str, b: str) -> Winner:
    reply = client.responses.parse(
        model="gpt-5-mini",
        reasoning={"effort": "medium"},
        max_output_tokens=3000,
        input=template.render(request=request[:4000], a=a[:8000], b=b[:8000]),
        text_format=Verdict,
    )
    return reply.output_parsed.winner


def judge(request: str, a: str, b: str) -> Winner:
    """Both orders; a winner has to win twice."""
    first, second = once(request, a, b), once(request, b, a)
    swapped = {Winner.A: Winner.B, Winner.B: Winner.A, Winner.tie: Winner.tie}[second]
    return first if first is swapped else Winner.tie
