import datetime as dt
from pathlib import Path

import yaml
from openai import OpenAI
from pydantic import BaseModel

client = OpenAI()
HERE = Path(__file__).parent


class Answer(BaseModel):
    sql: str | None
    caption: str


def build_system() -> str:
    shots = yaml.safe_load((HERE / "examples.yaml").read_text())
    body = (HERE / "system.md").read_text()
    lines = [f"Server time: {dt.datetime.now().isoformat()}", "", body, "", "## Examples", ""]
    for s in shots:
        lines.append(f"Q: {s['question']}\nA: {s['answer'].strip()}\n")
    return "\n".join(lines)


def ask(question: str) -> Answer:
    r = client.chat.completions.parse(
        model="gpt-5-mini",
        messages=[
            {"role": "system", "content": build_system()},
            {
                "role": "user",
                "content": "Write one PostgreSQL 15 query against the mart schema for the question below. "
                "Qualify every table with its schema and give it a short alias. "
                "Answer with a valid JSON object with the keys sql and caption and nothing around it, no code fence.\n\n"
                f"<question>\n{question[:4000]}\n</question>",
            },
        ],
        response_format=Answer,
        max_completion_tokens=1200,
    )
    return r.choices[0].message.parsed
