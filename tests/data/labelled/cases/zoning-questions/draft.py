import pathlib

from jinja2 import Template
from mistralai import Mistral

TEMPLATE = Template((pathlib.Path(__file__).parent / "answer.j2").read_text())


def draft(client: Mistral, question: str, passages: list) -> str:
    r = client.chat.complete(
        model="mistral-medium-latest",
        temperature=0.2,
        max_tokens=350,
        messages=[{"role": "user", "content": TEMPLATE.render(question=question, passages=passages)}],
    )
    return r.choices[0].message.content
