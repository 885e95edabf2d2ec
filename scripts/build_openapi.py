"""Writes the part of GitHub's published API description that the tests use to tests/data/github-openapi.json.

Get the description with `npm pack @octokit/openapi`, unpack it, and give the folder with its package.json:

    python scripts/build_openapi.py path/to/package
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# The description is JSON of any shape: Any is all that can be said of its nodes.

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "data"

OPERATIONS = {
    "/repos/{owner}/{repo}": ("get",),
    "/repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}": ("get",),
    "/repos/{owner}/{repo}/actions/runs/{run_id}/artifacts": ("get",),
    "/repos/{owner}/{repo}/check-runs": ("post",),
    "/repos/{owner}/{repo}/commits/{commit_sha}/pulls": ("get",),
    "/repos/{owner}/{repo}/commits/{ref}/check-runs": ("get",),
    "/repos/{owner}/{repo}/issues/comments/{comment_id}": ("get", "patch", "delete"),
    "/repos/{owner}/{repo}/issues/{issue_number}/comments": ("get", "post"),
    "/repos/{owner}/{repo}/pulls": ("get",),
    "/repos/{owner}/{repo}/pulls/comments/{comment_id}": ("delete",),
    "/repos/{owner}/{repo}/pulls/{pull_number}": ("get",),
    "/repos/{owner}/{repo}/pulls/{pull_number}/comments": ("get",),
    "/repos/{owner}/{repo}/pulls/{pull_number}/reviews": ("post",),
}
"""What promptlint/bot/github and post.yml ask for; its GraphQL is not part of the description."""

PROSE = {"description", "title", "examples", "externalDocs", "deprecated", "readOnly"}
PREFIX = "#/components/schemas/"


def main(arguments: list[str]) -> int:
    """Write the file and its licence; 2 if no package is given."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    package = Path(arguments[0])
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    whole = json.loads((package / "generated" / "api.github.com.json").read_text(encoding="utf-8"))
    paths = {
        path: {verb: operation(whole, whole["paths"][path][verb]) for verb in verbs}
        for path, verbs in OPERATIONS.items()
    }
    source = json.dumps(f"{about['name']} {about['version']} ({about['license']})")
    parts = {"paths": paths, "schemas": dict(sorted(schemas(whole, paths).items()))}
    text = ",\n".join([f'"source": {source}', *(f'"{name}": {lines(part)}' for name, part in parts.items())])
    (FOLDER / "github-openapi.json").write_text(f"{{\n{text}\n}}\n", encoding="utf-8")
    licence = (package / "LICENSE").read_text(encoding="utf-8")
    (FOLDER / "github-openapi.LICENSE.txt").write_text(licence, encoding="utf-8")
    return 0


def lines(part: dict[str, Any]) -> str:
    """An object as JSON, a line for each entry."""
    rows = (f"{json.dumps(name)}: {json.dumps(entry, ensure_ascii=False)}" for name, entry in part.items())
    return "{\n" + ",\n".join(rows) + "\n}"


def operation(whole: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The parameters, the schema of the request's body (None: has none) and of each status's answer."""
    parameters = [resolved(whole, parameter) for parameter in given.get("parameters", ())]
    answers = {status: resolved(whole, answer) for status, answer in given["responses"].items()}
    return {
        "parameters": [
            {
                "name": one["name"],
                "in": one["in"],
                "required": one.get("required", False),
                "schema": converted(one["schema"]),
            }
            for one in parameters
        ],
        "request": closed(body(resolved(whole, given.get("requestBody", {})))),
        "answers": {status: body(answer) for status, answer in answers.items()},
    }


def resolved(whole: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """The node that a reference outside of schemas points to."""
    while "$ref" in node:
        found: Any = whole
        for name in node["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        node = found
    return node


def body(node: dict[str, Any]) -> Any:
    """The schema of a JSON body, or None."""
    content = node.get("content", {}).get("application/json")
    return converted(content["schema"]) if content else None


def converted(node: Any) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema: null is a type; prose and extensions are left out."""
    if isinstance(node, list):
        return [converted(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": "#/schemas/" + node["$ref"].removeprefix(PREFIX)}
    made = {}
    for key, value in node.items():
        if key == "properties":
            made[key] = {name: converted(schema) for name, schema in value.items()}
        elif key in {"enum", "default", "example", "required"}:
            made[key] = value
        elif key not in PROSE | {"nullable"} and not key.startswith("x-"):
            made[key] = converted(value)
    return nullable(made) if node.get("nullable") else made


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, or null."""
    if isinstance(schema.get("type"), str):
        enum = {"enum": [*schema["enum"], None]} if "enum" in schema else {}
        return {**schema, "type": [schema["type"], "null"], **enum}
    return {"anyOf": [schema, {"type": "null"}]}


def closed(node: Any) -> Any:
    """A schema that takes no field that is not described: one that we send would be a mistake."""
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: closed(value) for key, value in node.items()}
    if "properties" in node and not ("oneOf" in node or "anyOf" in node):
        made.setdefault("additionalProperties", False)
    return made


def schemas(whole: dict[str, Any], paths: dict[str, Any]) -> dict[str, Any]:
    """Every named schema that is in reach."""
    found: dict[str, Any] = {}
    waiting = list(references(paths))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = converted(whole["components"]["schemas"][name])
            waiting.extend(references(found[name]))
    return found


def references(node: Any) -> Iterator[str]:
    """The names of the schemas that a node refers to."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].removeprefix("#/schemas/")
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
