from pathlib import Path

import litellm
from jinja2 import Environment, FileSystemLoader

env = Environment(loader=FileSystemLoader(Path(__file__).parent / "prompts"))


def review(matter: dict, draft: str, playbook: list[dict]) -> str:
    prompt = env.get_template("review.j2").render(
        matter_id=matter["id"],
        counterparty=matter["counterparty"],
        client_name=matter["client"],
        draft=draft,
        playbook=playbook,
    )
    out = litellm.completion(
        model="anthropic/claude-opus-4-5",
        messages=[{"role": "user", "content": prompt}],
        max_tokens=6000,
        num_retries=2,
    )
    return out.choices[0].message.content


def redline(position: str, clause: str) -> str:
    prompt = env.get_template("redline.j2").render(position=position, clause=clause)
    out = litellm.completion(
        model="anthropic/claude-opus-4-5",
        messages=[{"role": "user", "content": prompt}],
    )
    return out.choices[0].message.content
