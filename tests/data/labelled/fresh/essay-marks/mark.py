import csv
import json
from pathlib import Path

import anthropic

client = anthropic.Anthropic()
RUBRIC = Path("rubric.md").read_text()


def mark(essay: str) -> dict:
    msg = client.messages.create(
        model="claude-3-opus-20240229",
        max_tokens=400,
        system=RUBRIC,
        messages=[
            {"role": "user", "content": f"<essay>\n{essay}\n</essay>\n\nAnswer with the JSON object only."},
        ],
    )
    return json.loads(msg.content[0].text)


def main() -> None:
    with open("marks.csv", "w", newline="") as f:
        out = csv.DictWriter(f, ["file", "argument", "structure", "language", "accuracy", "comment"])
        out.writeheader()
        for essay in sorted(Path("essays").glob("*.txt")):
            out.writerow({"file": essay.name} | mark(essay.read_text()))


if __name__ == "__main__":
    main()
