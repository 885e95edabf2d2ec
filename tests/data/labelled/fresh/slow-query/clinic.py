import json
import re
from pathlib import Path

from openai import OpenAI

client = OpenAI()
TEMPLATE = json.loads(Path("chat.json").read_text())
PLAN_LIMIT = 60_000


def fill(text: str, **values: str) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda m: values[m[1]], text)


def diagnose(query: str, plan: str, ddl: str) -> str:
    if len(plan) > PLAN_LIMIT:
        raise ValueError("plan too long, use FORMAT TEXT and one partition")
    last = TEMPLATE[-1]
    messages = TEMPLATE[:-1] + [{**last, "content": fill(last["content"], query=query, plan=plan, ddl=ddl)}]
    r = client.chat.completions.create(
        model="gpt-5",
        reasoning_effort="high",  # medium got 31 of 50 plans right, high 44 of 50
        messages=messages,
        max_completion_tokens=16_000,
    )
    return r.choices[0].message.content
