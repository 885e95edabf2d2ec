import json
import random
from datetime import datetime
from pathlib import Path

from openai import OpenAI

client = OpenAI()

HEADER = "Run {run_id} at {ts}\n\n"

RUBRIC = """You grade answers of a coding assistant to questions about our SDK.

The question, a reference answer that was written by a person, and the candidate's answer follow. The reference is one
good answer, not the only one. A candidate that solves the problem in another way is as good if the code would run
against version 5 of the SDK.

Grades:
  correct    - would run, does what was asked
  partial    - right approach, a detail is wrong (name of an option, missing await)
  wrong      - would not run, or does something else
  refused    - did not try

Things that do not matter: style, comments, length, politeness, whether the code is wrapped in a function. Things that
do: using `Client.legacy_*` (wrong, even if it runs, we remove it), blocking calls in async examples (partial),
inventing an option that does not exist (wrong, unless it is only mentioned as something that does not exist).

If the candidate asks a question back and the question was really ambiguous, grade as correct. If the reference had no
trouble with it, the question was not ambiguous.

Return JSON: {"why": "<your reasoning, several sentences>", "grade": "<grade>"}. Think through the reasons in writing
before you settle on the grade. Do not wrap the JSON in a code fence.

Question: upload with progress
Reference: client.upload(path, on_progress=print)
Candidate: for chunk in client.upload_iter(path): print(chunk.sent)
{"why": "upload_iter exists in version 5 and gives the bytes sent. Other way than the reference, same result.", "grade": "correct"}

Question: set a timeout for one call
Reference: client.get(id, timeout=3)
Candidate: client.legacy_get(id, 3)
{"why": "Runs, but legacy_get is on its way out.", "grade": "wrong"}

Question: stream a table
Reference: async for row in client.stream("t"): ...
Candidate: for row in client.stream("t"): ...
{"why": "Right method, the async is missing.", "grade": "partial"}

Question: delete a project
Reference: client.projects.delete(name)
Candidate: I can't help with deleting data.
{"why": "No attempt at the task.", "grade": "refused"}
"""

CASE = """Question: {question}
Reference: {reference}
Candidate: {candidate}"""

SUMMARY = """Summarise the failures for the team as a Markdown table with a bold heading a column: {failures}"""


def grade(case: dict) -> str:
    run = HEADER.format(run_id=random.randrange(10**9), ts=datetime.now().isoformat())
    r = client.chat.completions.create(
        model="gpt-5-pro",
        max_completion_tokens=3000,
        messages=[
            {"role": "system", "content": run + RUBRIC},
            {"role": "user", "content": CASE.format(**case)},
        ],
    )
    return json.loads(r.choices[0].message.content)["grade"]


def main():
    cases = [json.loads(line) for line in Path("cases.jsonl").open()]
    grades = [grade(c) for c in cases]
    failures = [c["question"] for c, g in zip(cases, grades) if g != "correct"]
    r = client.chat.completions.create(model="gpt-5-mini", messages=[{"role": "user", "content": SUMMARY}])
    topics = [line for line in r.choices[0].message.content.splitlines() if line]
    Path("summary.txt").write_text("; ".join(topics))  # ends up in the body of a text message
    print(len(failures), "of", len(cases), "not correct")


if __name__ == "__main__":
    main()
