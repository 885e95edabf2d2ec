"""Writes what `promptlint route compile` makes of fixtures/route/project, a target each; `--check` compares.

The eval results there are made here, so that both outcomes are shown; no model was asked.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from promptlint import __version__, evaluated, run
from promptlint.evaluation import SCHEMA_VERSION, Answered, CaseResult, Change, EvalResult, Side, Source
from promptlint.plan import usage
from promptlint.report import route as report
from promptlint.reporting import prompts_of
from promptlint.route import emit, manifest, messages, plan, reader, simulate
from promptlint.route.compiled import Plan
from promptlint.route.manifest import Entry
from promptlint.route.simulate import traffic
from promptlint.simulated import Simulation

ROOT = Path(__file__).resolve().parents[1] / "fixtures" / "route" / "project"
SUPPORT = ROOT.parent / "support"
ENDINGS = {"client": (".json", ".py"), "json": (".json",), "portkey": (".json",), "openrouter": (".json",)}
ENDINGS |= {"cloudflare": (".json",), "pydantic-ai": (".py",)}
MADE = {"queue": ("gpt-4o-mini", 59, 60), "faq": ("gpt-4o-mini", 44, 60)}
"""Of each prompt that has an eval result: the model, passed cases, cases."""


def entries() -> tuple[Entry, ...]:
    """The twelve prompts."""
    return manifest.of_facts(prompts_of(run.run(request()).result))


def request() -> run.Request:
    """What is compiled: the prompts of the working directory's project."""
    return run.Request(paths=(Path("prompts"),), use_cache=False)


def result(prompt: str, content_hash: str, model: str, passed: int, cases: int) -> EvalResult:
    """An eval result with so many passes, for tests and fixtures."""
    rows = tuple(_case(index, index < passed) for index in range(cases))
    side = Side(
        prompt, content_hash, False, passed / cases, passed / cases, passed, None, None, None, (model,)
    )
    source = Source("replay", model, None, "{}", True, "made for a fixture; no model was asked", "")
    return EvalResult(
        schema_version=SCHEMA_VERSION,
        promptlint=__version__,
        generated_at="2026-11-23T00:00:00Z",
        suite=f"evals/{Path(prompt).stem}.yaml",
        description="Made for a fixture; no model was asked.",
        verdict=None,
        reasons=(),
        difference=None,
        interval=None,
        confidence=0.95,
        margin=None,
        alpha=0.05,
        method=None,
        needs_cases=None,
        cases=cases,
        critical=0,
        incomplete=(),
        unsupported=0,
        repeats=1,
        baseline=side,
        candidate=None,
        cost=None,
        calls=0,
        cached_calls=cases,
        retries=0,
        usd_spent=None,
        seconds=0.0,
        source=source,
        judge=None,
        budget=None,
        confusion=(),
        notes=(),
        results=rows,
    )


def _case(index: int, passed: bool) -> CaseResult:
    answer = Answered(0, "", (), float(passed), passed, "", (), None, True, 0, None, None)
    change: Change = "same" if passed else "broke"
    return CaseResult(
        f"case-{index}", "cases.jsonl", index + 1, "", "{}", None, False, change, False, (), (answer,), ()
    )


def files() -> Iterator[tuple[str, str]]:
    """Each file below fixtures/route/project that is made here, and its text."""
    found = entries()
    for name, (model, passed, cases) in MADE.items():
        entry = next(item for item in found if item.id == f"prompts/{name}.prompt")
        made = evaluated.to_json(result(entry.id, entry.version, model, passed, cases))
        yield f"evals/{name}.json", json.dumps(made, separators=(",", ":")) + "\n"
    yield from golden(the_plan(found))


def the_plan(found: tuple[Entry, ...]) -> Plan:
    """The plan of the twelve prompts."""
    rules = reader.read(Path("routing.yaml"))
    results = [
        result(entry.id, entry.version, *MADE[name])
        for name in MADE
        for entry in found
        if entry.id == f"prompts/{name}.prompt"
    ]
    return plan.compiled(found, rules, results)


def golden(compiled: Plan) -> Iterator[tuple[str, str]]:
    """The configuration of every target."""
    for target, module in emit.TARGETS.items():
        if not (Path(emit.__file__).parent / f"{module}.py").exists():
            continue
        for end in ENDINGS.get(target, (".yaml",)):
            whole = messages.with_messages(compiled, request()) if target == "batch" else compiled
            made = emit.emitted(whole, target, f"{target}{end}")
            yield f"golden/{target}{end}", made.text
            for more, text in made.beside:
                yield f"golden/{target}{more}", text


def simulations() -> Iterator[tuple[str, str]]:
    """What is simulated of the strategy's example, at today's prices and at its own."""
    for end, rules in (("", "routing.yaml"), (".strategy_prices", "strategy_prices.yaml")):
        found = simulation(rules)
        yield f"golden/simulation{end}.txt", report.render("text", found, report.Look(width=110))
        if not end:
            yield "golden/simulation.json", report.render("json", found, report.Look())


def simulation(rules: str) -> Simulation:
    """The simulation of the strategy's example under a policy; the working directory is its folder."""
    found, policy = entries(), reader.read(Path(rules))
    compiled = plan.compiled(found, policy)
    volumes = traffic.assumed(
        compiled, found, usage.read(Path("promptlint-usage.yaml"), "promptlint-usage.yaml")
    )
    return simulate.simulated(compiled, policy, volumes)


def _made() -> Iterator[tuple[Path, str]]:
    for root, made in ((ROOT, files), (SUPPORT, simulations)):
        os.chdir(root)
        yield from ((root / name, text) for name, text in made())


def main(arguments: list[str]) -> int:
    """Write or compare; 1 if something is out of date."""
    stale = []
    for path, text in _made():
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in arguments:
            stale.append(str(path.relative_to(ROOT.parent)))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    if stale:
        print(
            f"fixtures/route is out of date ({', '.join(stale)}): run scripts/update_route.py",
            file=sys.stderr,
        )
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
