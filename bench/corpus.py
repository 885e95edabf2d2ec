"""Makes the texts that the benchmark runs on: the same bytes every time, nothing random, nothing fetched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count, cycle
from pathlib import Path

_SUBJECTS = ("the ticket", "an order", "the invoice", "a refund", "the parcel", "the account", "a complaint")
_VERBS = ("Summarise", "Check", "Classify", "Translate", "Compare", "Quote", "Escalate", "Describe")
_LIMITS = (
    "in at most {} words",
    "within {} business days",
    "only if it is worth more than ${}",
    "in {} short sentences",
    "unless {} hours have passed",
)
_OPENINGS = (
    "You are the support assistant of shop number {}.",
    "You review mail for branch {}.",
    "You write notes for depot {}.",
)


def prompt_text(number: int, size: int) -> str:
    """A plausible prompt of about `size` characters; some hold a repeated rule or a filler phrase."""
    subjects, verbs, limits = cycle(_SUBJECTS), cycle(_VERBS), cycle(_LIMITS)
    lines = [_OPENINGS[number % len(_OPENINGS)].format(number), "", "## Rules", ""]
    for step in count(1):
        filler = "In order to help, " if step % 9 == 0 else ""
        limit = next(limits).format(number % 7 + step)
        verb = next(verbs)
        lines.append(f"- {filler}{verb.lower() if filler else verb} {next(subjects)} {limit}, case {step}.")
        if step % 11 == 0:
            lines += ["", f"## Part {step // 11}", ""]
        if step % 16 == 0:
            lines.append(lines[4])
            next(subjects)
        if sum(map(len, lines)) >= size:
            return "\n".join([*lines, ""])
    raise AssertionError


def write_prompts(root: Path, files: int, size: int) -> int:
    """Write `files` prompts of about `size` characters below `root`; returns the bytes written."""
    total = 0
    for number in range(files):
        text = prompt_text(number, size)
        folder = root / "prompts" / f"team{number % 20}"
        folder.mkdir(parents=True, exist_ok=True)
        name, content = _file(number, text)
        (folder / name).write_text(content, encoding="utf-8")
        total += len(content.encode())
    return total


def _file(number: int, text: str) -> tuple[str, str]:
    kind = number % 10
    if kind < 4:
        return f"p{number}.md", text
    if kind < 6:
        return f"p{number}.txt", text
    if kind < 8:
        return f"p{number}.j2", text + "\nTicket: {{ ticket }}\n"
    if kind == 8:
        body = "".join(f"      {line}\n" if line else "\n" for line in text.splitlines())
        return f"p{number}.yaml", f"model: gpt-4o\nmessages:\n  - role: system\n    content: |\n{body}"
    return f"p{number}.py", f'SYSTEM_PROMPT = """\\\n{text}"""\n'


def write_formats(root: Path, files: int, size: int) -> None:
    """Write `files` files of each format below `root`, each with one prompt of about `size` characters."""
    for number in range(files):
        text = prompt_text(number, size)
        for name, content in _formats(text):
            path = root / "prompts" / f"p{number}{name}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")


def _formats(text: str) -> Iterator[tuple[str, str]]:
    """A file of each format that holds the prompt beside what such files hold otherwise."""
    chat = [{"role": "system", "content": text}, {"role": "user", "content": "Sort the mail: {{ mail }}"}]
    code = _CODE.replace("TEXT", f'"""\\\n{text}"""')
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Mail\n", "Sorts the mail of a day."]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {},
            "outputs": [{"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)}],
            "source": code.splitlines(keepends=True),
        },
    ]
    block = "".join(f"      {line}\n" if line else "\n" for line in text.splitlines())
    plain = text.replace("`", "").replace("${", "$ {")
    yield ".py", code
    yield ".yaml", f"model: gpt-4o\nmessages:\n  - role: system\n    content: |\n{block}"
    yield ".json", json.dumps({"model": "gpt-4o", "messages": chat}, indent=2)
    yield ".jsonl", "".join(json.dumps({"messages": chat}) + "\n" for _ in range(3))
    yield ".ipynb", json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    yield ".j2", text + "\n{% for mail in mails %}\n- {{ mail.subject }}\n{% endfor %}\n"
    yield ".ts", _SCRIPT.replace("TEXT", f"`{plain}`")
    yield ".md", text


_CODE = '''"""Sorts mail."""

from openai import OpenAI

client = OpenAI()
SYSTEM_PROMPT = TEXT


def sort(mails: list[str]) -> list[str]:
    """The folder of each mail."""
    folders = []
    for mail in mails:
        answer = client.chat.completions.create(
            model="gpt-4o",
            max_tokens=200,
            messages=[
                {"role": "system", "content": SYSTEM_PROMPT},
                {"role": "user", "content": f"Sort this mail into a folder of the shop: {mail}"},
            ],
        )
        folders.append(answer.choices[0].message.content)
    return folders
'''
_SCRIPT = """import OpenAI from "openai";

const client = new OpenAI();
const SYSTEM_PROMPT = TEXT;

export async function sort(mails: string[]): Promise<string[]> {
  const folders: string[] = [];
  for (const mail of mails) {
    const answer = await client.chat.completions.create({
      model: "gpt-4o",
      max_tokens: 200,
      messages: [
        { role: "system", content: SYSTEM_PROMPT },
        { role: "user", content: `Sort this mail into a folder of the shop: ${mail}` },
      ],
    });
    folders.push(answer.choices[0].message.content ?? "");
  }
  return folders;
}
"""


def write_python_tree(root: Path, packages: Path, lines: int) -> int:
    """Copy Python files of installed `packages` below `root` until `lines` is reached; returns the lines."""
    total = 0
    for path in sorted(packages.rglob("*.py")):
        data = path.read_bytes()
        target = root / path.relative_to(packages)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        total += data.count(b"\n")
        if total >= lines:
            return total
    return total


def token_script(paths: list[Path]) -> str:
    """A program that does nothing but tokenize the files: the physical floor."""
    names = json.dumps([str(path) for path in paths])
    return (
        "import json, pathlib; from promptlint import tokens\n"
        "t = tokens.tokenizer('gpt-4o')\n"
        f"print(sum(tokens.count(pathlib.Path(n).read_text(), t) for n in json.loads({names!r})))\n"
    )
