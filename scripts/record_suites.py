"""Asks a real model all that the suites of fixtures/evals need, and writes its answers as recordings.

    python scripts/record_suites.py --base-url http://127.0.0.1:8080/v1 --threads 2

The server is that of `scripts/local_model.py serve`; of several servers each takes a part. Every answer is
kept in `.model/` as soon as it comes, so that another run goes on where the last one stopped. No answer is
changed or left out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import local_model

from promptlint.evals import mutants, noticing, prompting, providers, recording, runner, suite
from promptlint.evals.exchange import Reply, Request, distinct
from promptlint.evals.folder import Folder
from promptlint.evals.model import PromptRef, Provider
from promptlint.evals.providers.keys import Keys
from promptlint.evals.recording import Header
from promptlint.evals.store import Key, Store
from promptlint.evals.template import Turn

TARGET = Path(__file__).parent.parent / "fixtures" / "evals"
_ANSWERS = local_model.HOME / "answers"

PARAMETERS: dict[str, dict[str, object]] = {
    "tickets": {"temperature": 0.0, "max_tokens": 6, "seed": 7},
    "invoices": {"temperature": 0.0, "max_tokens": 64, "seed": 7},
    "support": {"temperature": 0.0, "max_tokens": 72, "seed": 7},
}
"""Of each request, by task."""

ENDINGS = {".cut": ("", ".short", ".cut"), ".short": ("", ".short")}
"""The suites of a task by what their names end in, each with the prompts that are asked on its cases: first
those that have few."""


BLOCK = 50
"""Cases that are asked with one prompt before the next one has its turn: the server keeps only one prompt."""


def requests(task: str) -> list[Request]:
    """What is asked for a task."""
    if not recorded(task).exists():  # a suite without its recording is refused
        recording.write(recorded(task), Header("openai", local_model.ALIAS), [])
    said = _support() if task == "support" else _demonstration(task)
    found = [Request(local_model.ALIAS, turns, PARAMETERS[task]) for turns in said]
    return list(distinct(found).values())


def _demonstration(task: str) -> Iterator[tuple[Turn, ...]]:
    folder = Folder(TARGET, TARGET)
    for ending, prompts in ENDINGS.items():
        cases = suite.load(TARGET / f"{task}{ending}.yaml").cases
        templates = [prompting.template(PromptRef(f"prompts/{task}{name}.md"), folder) for name in prompts]
        for at in range(0, len(cases), BLOCK):
            for template in templates:
                yield from prompting.conversations(template, cases[at : at + BLOCK])


def _support() -> Iterator[tuple[Turn, ...]]:
    """Both prompts on all cases; and the short one without each requirement, on the cases about that."""
    folder = Folder(TARGET.parent, TARGET)
    cases = suite.load(TARGET / "support.yaml", TARGET.parent).cases
    for prompt in ("shop/prompts/support_assistant.md", "prompts/support.short.md"):
        template = prompting.template(PromptRef(prompt), folder)
        yield from prompting.conversations(template, cases)
    for mutant in mutants.mutants(template):
        about = [case for case in cases if noticing.is_about(case.about, mutant)]
        yield from prompting.conversations(mutant.template, about)


def recorded(task: str) -> Path:
    """The recording of a task."""
    return TARGET / "recordings" / f"{task}.jsonl"


def known(wanted: Sequence[Request], servers: Sequence[str]) -> dict[Key, Reply]:
    """What any of the servers answered in an earlier run."""
    found: dict[Key, Reply] = {}
    with Store(_ANSWERS) as store:
        for base_url in servers:
            kept = store.get(f"openai {base_url}", [(each.key, each.repeat) for each in wanted])
            found.update({key: each.reply for key, each in kept.items()})
    return found


def given_before(task: str, wanted: Sequence[Request]) -> dict[Key, Reply]:
    """What the recording of a task holds already: an answer once given is kept."""
    path = recorded(task)
    replies = recording.read(path, path.name).replies
    return {key: replies[key] for key in ((each.key, each.repeat) for each in wanted) if key in replies}


def asked(part: Sequence[Request], base_url: str, at_once: int) -> dict[Key, Reply]:
    """What one server answers, so many requests at once.

    Raises:
        SystemExit: it gave no answer; what it gave is kept.
    """
    provider = Provider("openai", local_model.ALIAS, base_url, timeout=600.0, concurrency=at_once)
    client = providers.client(provider, Folder(TARGET, TARGET), Keys.of({}, None))
    try:
        with Store(_ANSWERS) as store:
            run = runner.run(part, client, runner.Options(store=store, concurrency=at_once))
    finally:
        client.close()
    print(
        f"{base_url}: {run.calls} calls, {run.retries} of them tries again, {run.seconds:.0f} s", flush=True
    )
    found = {key: each.attempt.reply for key, each in run.results.items() if each.attempt.reply}
    if len(found) < len(part):
        sys.exit(f"{base_url}: {len(part) - len(found)} requests without an answer; {run.stopped or ''}")
    return found


def main() -> None:
    """Ask, and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--base-url", action="append", required=True, help="of a server; may be repeated")
    parser.add_argument("--task", action="append", choices=PARAMETERS, help="all, if none is named")
    parser.add_argument("--threads", required=True, help="of the server, for the note in the recording")
    parser.add_argument("--at-once", type=int, default=1, help="requests: more for `serve --batched`")
    given = parser.parse_args()
    servers: list[str] = given.base_url
    for task in given.task or PARAMETERS:
        wanted = requests(task)
        replies = {**given_before(task, wanted), **known(wanted, servers)}
        missing = [each for each in wanted if (each.key, each.repeat) not in replies]
        size = -(-len(missing) // len(servers)) or 1
        parts = [missing[at : at + size] for at in range(0, len(missing), size)]
        with ThreadPoolExecutor(len(servers)) as pool:
            for found in pool.map(asked, parts, servers, [given.at_once] * len(servers)):
                replies.update(found)
        items = [(each, replies[each.key, each.repeat]) for each in wanted]
        header = Header(
            kind="openai",
            model=local_model.ALIAS,
            base_url=servers[0],
            parameters=PARAMETERS[task],
            made_at=datetime.now(UTC).date().isoformat(),
            note=local_model.note(given.threads),
        )
        recording.write(recorded(task), header, items)
        print(f"{recorded(task).name}: {len(items)} answers")


if __name__ == "__main__":
    main()
