import json
import time
from pathlib import Path

import anthropic

from .prompts import PLAN, REVIEW, SYSTEM, lint_note
from .tools import dispatch, lint

client = anthropic.Anthropic()
TOOLS = json.loads((Path(__file__).parent / "tools.json").read_text())


def step(messages: list[dict]):
    return client.messages.create(
        model="claude-sonnet-4-5",
        max_tokens=8000,
        system=f"Session started {time.strftime('%H:%M:%S')}.\n\n" + SYSTEM,
        tools=TOOLS,
        messages=messages,
    )


def work(task: str, files: set[str]) -> str:
    messages = [{"role": "user", "content": PLAN.format(task=task, files="\n".join(files))}]
    while True:
        msg = step(messages)
        messages.append({"role": "assistant", "content": msg.content})
        if msg.stop_reason != "tool_use":
            break
        results = []
        for b in msg.content:
            if b.type == "tool_use":
                results.append({"type": "tool_result", "tool_use_id": b.id, "content": dispatch(b.name, b.input)})
        messages.append({"role": "user", "content": results})

    for path, errors in lint().items():
        messages.append({"role": "user", "content": lint_note(path, errors)})
        messages.append({"role": "assistant", "content": step(messages).content})

    for _ in range(2):
        diff = dispatch("run", {"command": "git diff"})
        messages.append({"role": "user", "content": REVIEW.format(task=task, diff=diff)})
        msg = step(messages)
        messages.append({"role": "assistant", "content": msg.content})
        if msg.content[0].text.strip() == "OK":
            break
    return msg.content[0].text
