import enum
from openai import OpenAI
from pydantic import BaseModel

from prompts import SYSTEM, USER, RECEIPT

client = OpenAI()


class Reason(str, enum.Enum):
    not_me = "not_me"
    not_received = "not_received"
    not_as_described = "not_as_described"
    double = "double"
    wrong_amount = "wrong_amount"
    cancelled = "cancelled"


class Intake(BaseModel):
    reason: Reason
    merchant: str
    amount: str
    currency: str
    needs_block: bool


def fill(line: str, year: int, text: str) -> Intake:
    completion = client.chat.completions.parse(
        model="gpt-5-pro",
        reasoning_effort="high",
        messages=[
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": USER.format(line=line, year=year, text=text)},
        ],
        response_format=Intake,
        max_completion_tokens=2000,
    )
    return completion.choices[0].message.parsed


def receipt(form: Intake) -> str:
    r = client.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": RECEIPT.format(**form.model_dump())}],
    )
    return r.choices[0].message.content
