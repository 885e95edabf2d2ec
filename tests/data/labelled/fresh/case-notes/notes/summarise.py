import sys
from pathlib import Path

import anthropic

PROMPT_VERSION = 9
MAX_CHARS = 240_000

SYSTEM = """\
You summarise judgments of the tribunal for its internal digest. Readers are members of the
tribunal who know the law and want to know whether they must read the judgment.

Write four parts, each under its heading in capitals:

FACTS - at most three sentences.
ISSUE - one sentence, as a question.
HELD - the answer and the ratio, at most four sentences. Quote the decisive sentence with its
paragraph number.
NOTE - departures from earlier decisions the judgment itself cites. "None cited." if there are
none.

Party names as initials. Minors are "the child", in every part, also inside a quotation: put
the replacement in square brackets.

A dissent is summarised after HELD in one sentence that begins "Dissent:". Leave it out if the
bench was unanimous.

Say nothing about whether the decision is right.
"""


def summarise(client: anthropic.Anthropic, judgment: str) -> str:
    if len(judgment) > MAX_CHARS:
        raise ValueError("too long for one summary, split at the counts first")
    for _ in range(2):
        reply = client.messages.create(
            model="claude-sonnet-4-5",
            max_tokens=1200,
            system=SYSTEM,
            messages=[{"role": "user", "content": f"<judgment>\n{judgment}\n</judgment>"}],
        )
        text = reply.content[0].text
        if all(h in text for h in ("FACTS", "ISSUE", "HELD", "NOTE")):
            return text
    raise RuntimeError("summary without the four parts")


def main(folder: str) -> None:
    client = anthropic.Anthropic()
    for path in sorted(Path(folder).glob("*.txt")):
        print(path.stem, f"(prompt v{PROMPT_VERSION})")
        print(summarise(client, path.read_text()), end="\n\n")


if __name__ == "__main__":
    main(sys.argv[1])
