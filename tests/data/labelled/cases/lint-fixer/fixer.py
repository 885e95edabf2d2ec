import subprocess
from pathlib import Path

import anthropic

client = anthropic.Anthropic()
STYLE = Path("STYLE.md").read_text()

SYSTEM = """You repair findings of our linters in Python code. You see one file and the findings for it.

Change only the lines that a finding names, and the lines that must change with them. No renaming of public names. No
reformatting; the formatter runs after you. If a finding is wrong, add a noqa with its code and a reason of at most
eight words.

# TODO: mention the new T20 rules once the print cleanup is merged

Return the whole file, nothing before it and nothing after it. We write your answer to disk.

Findings and what we do about them:

F401  remove the import. In an __init__.py add it to __all__ instead.
F841  remove the assignment, keep the call on the right if it has an effect.
E711  use `is None`.
B006  None as default, then create inside.
B008  same as above.
B904  raise ... from err. `from None` only where the text of the new error repeats the old one.
S101  assert in tests is fine. Elsewhere raise.
S603  never fix, add the noqa.
PLR0913  never fix, add the noqa. Signatures are public.
C901  do not split the function. Say in your answer in two or three sentences how it could be split.
UP007  `X | None`.
ERA001  delete commented code. Keep comments that only look like code (doctest-like lines in docstrings).

Edits outside the reported lines are not allowed, apart from those that a reported line drags along.

Example of a repaired file:

Findings: F401 line 1, E711 line 5
    import os
    import json

    def load(p):
        if p == None:
            return {{}}
        return json.load(open(p))

Answer:
    Here is the fixed file:
    import json

    def load(path):
        if path is None:
            return {{}}
        return json.load(open(path))

Our style guide in full:
""" + STYLE

USER = "File: {path}\n\n{source}\n\nFindings:\n{findings}"


def fix(path: Path) -> bool:
    for attempt in range(3):
        found = subprocess.run(["ruff", "check", "--output-format=concise", str(path)], capture_output=True, text=True)
        if found.returncode == 0:
            return True
        reply = client.messages.create(
            model="claude-sonnet-4-5",
            max_tokens=16000,
            system=SYSTEM,
            messages=[{"role": "user", "content": USER.format(path=path, source=path.read_text(), findings=found.stdout)}],
        )
        path.write_text(reply.content[0].text)
    return False


if __name__ == "__main__":
    for p in sorted(Path("src").rglob("*.py")):
        print(p, "ok" if fix(p) else "LEFT")
