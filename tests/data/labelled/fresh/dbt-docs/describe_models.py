"""Fills empty column descriptions in dbt schema files, once a night, through the Batch API."""
import json
import pathlib
import time

import anthropic
import yaml

client = anthropic.Anthropic()
ROOT = pathlib.Path("models")
STYLE = pathlib.Path("style_guide.md").read_text()
MAX_POLLS = 240

TOOL = {
    "name": "save_descriptions",
    "description": "Stores the descriptions of one model.",
    "input_schema": {
        "type": "object",
        "properties": {
            "columns": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "description": {"type": "string"}},
                    "required": ["name", "description"],
                },
            }
        },
        "required": ["columns"],
    },
}


def request(model: dict, sql: str) -> dict:
    todo = [c["name"] for c in model["columns"] if not c.get("description")]
    return {
        "custom_id": model["name"],
        "params": {
            "model": "claude-haiku-4-5",
            "max_tokens": 4000,
            "temperature": 0,
            "system": STYLE,
            "tools": [TOOL],
            "tool_choice": {"type": "tool", "name": "save_descriptions"},
            "messages": [
                {
                    "role": "user",
                    "content": f"<sql>\n{sql[:30000]}\n</sql>\n\nDescribe these columns of {model['name']}: {', '.join(todo)}",
                }
            ],
        },
    }


def wait(batch_id: str):
    for _ in range(MAX_POLLS):
        b = client.messages.batches.retrieve(batch_id)
        if b.processing_status == "ended":
            return b
        time.sleep(60)
    raise TimeoutError(batch_id)


def main() -> None:
    reqs = []
    for path in sorted(ROOT.rglob("*.yml")):
        for model in (yaml.safe_load(path.read_text()) or {}).get("models", []):
            sql = path.parent / f"{model['name']}.sql"
            if sql.exists() and any(not c.get("description") for c in model.get("columns", [])):
                reqs.append(request(model, sql.read_text()))
    if not reqs:
        return
    batch = wait(client.messages.batches.create(requests=reqs).id)
    out = {}
    for res in client.messages.batches.results(batch.id):
        if res.result.type == "succeeded":
            out[res.custom_id] = res.result.message.content[0].input["columns"]
    pathlib.Path("descriptions.json").write_text(json.dumps(out, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
