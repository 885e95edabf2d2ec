import json
import pathlib

import anthropic

HERE = pathlib.Path(__file__).parent
SYSTEM = (HERE / "system.md").read_text()
TOOLS = [
    {"name": t["name"], "description": t["description"], "input_schema": t["inputSchema"]}
    for t in json.loads((HERE / "tools.json").read_text())["tools"]
]
client = anthropic.Anthropic()
HISTORY: dict[str, list] = {}


def ask(employee: str, text: str, run_tool) -> str:
    h = HISTORY.setdefault(employee, [])  # kept over the whole employment, people refer to old swaps
    h.append({"role": "user", "content": text})
    while True:
        r = client.messages.create(model="claude-sonnet-4-5", max_tokens=400, system=SYSTEM, tools=TOOLS, messages=h)
        h.append({"role": "assistant", "content": r.content})
        if r.stop_reason != "tool_use":
            return "".join(b.text for b in r.content if b.type == "text")
        h.append(
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": b.id, "content": run_tool(b.name, b.input)}
                    for b in r.content
                    if b.type == "tool_use"
                ],
            }
        )
