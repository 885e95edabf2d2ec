import json

VERSION = 7


def dump(state: dict) -> str:
    return json.dumps({"version": VERSION, **state})
