"""Runs the steps of an action, or of a workflow's job, as a runner would: by real bash."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

import yaml
from expressions import Scope, Value, filled, holds

# A workflow is YAML of any shape: Any is all that can be said of a step.
Step: TypeAlias = Mapping[str, Any]
Outcome: TypeAlias = Literal["success", "failure", "skipped"]
StandIn: TypeAlias = "Callable[[Job, Mapping[str, str]], Mapping[str, str]]"

SECONDS = 600
_SHELL = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")


@dataclass(frozen=True)
class Ran:
    """A step that has run; `how` says whether it was bash, a stand-in or a reused installation."""

    name: str
    how: Literal["bash", "stand-in", "reused"]
    code: int = 0
    out: str = ""
    err: str = ""


@dataclass
class Job:
    """A job on a runner.

    Args:
        workspace: where checkouts go, and where scripts start.
        temp: RUNNER_TEMP.
        env: of all steps.
        github: the context of that name.
        workflow: the context `job`.
        stand_ins: what is done for the actions of others.
        installed: the bin folder of an installation that is used again; None: install.
    """

    workspace: Path
    temp: Path
    env: dict[str, str]
    github: Mapping[str, Value]
    workflow: Mapping[str, Value]
    stand_ins: Mapping[str, StandIn]
    installed: Path | None = None
    ran: list[Ran] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    failed: bool = False

    @property
    def out(self) -> str:
        """The standard output of all steps."""
        return "".join(each.out for each in self.ran)

    @property
    def err(self) -> str:
        """The standard error of all steps."""
        return "".join(each.err for each in self.ran)

    @property
    def codes(self) -> dict[str, int]:
        """The exit codes of the steps that failed, by name."""
        return {each.name: each.code for each in self.ran if each.code}


@dataclass
class Steps:
    """The steps of one action or job, and what they know of each other."""

    job: Job
    inputs: Mapping[str, Value]
    action: Path | None = None
    known: dict[str, Value] = field(default_factory=dict)
    failed: bool = False

    def run(self, steps: list[Step]) -> None:
        """Run them in turn; one that fails ends those that do not say otherwise."""
        for number, step in enumerate(steps, 1):
            name = str(step.get("id") or step.get("name") or step.get("uses") or f"step {number}")
            outcome: Outcome = "skipped"
            outputs: Mapping[str, str] = {}
            if holds(step.get("if"), self.scope()):
                outputs, good = self._one(name, step)
                outcome = "success" if good else "failure"
            if "id" in step:
                self.known[step["id"]] = {"outputs": outputs, "outcome": outcome, "conclusion": outcome}
            self.failed = self.failed or outcome == "failure"

    def values(self, given: Mapping[str, Any]) -> dict[str, str]:
        """Texts with their expressions filled in."""
        return {key: filled(_text(value), self.scope()) for key, value in given.items()}

    def _one(self, name: str, step: Step) -> tuple[Mapping[str, str], bool]:
        if "run" in step:
            return self._script(name, step)
        uses, given = step["uses"].split(" ")[0], self.values(step.get("with", {}))
        if uses.startswith("./"):
            return run_action(self.job, self.job.workspace / uses, given)
        outputs = self.job.stand_ins[uses.partition("@")[0]](self.job, given)
        self.job.ran.append(Ran(uses.partition("@")[0], "stand-in"))
        return outputs, True

    def _script(self, name: str, step: Step) -> tuple[Mapping[str, str], bool]:
        job = self.job
        if name == "install" and self.action is not None and job.installed is not None:
            job.ran.append(Ran(name, "reused"))
            return {"bin": str(job.installed)}, True
        if step.get("shell") != "bash" or "${{" in step["run"]:
            raise ValueError(f"{name}: only shell: bash without expressions in the script")
        folder = job.temp / f"_{uuid.uuid4().hex}"
        folder.mkdir()
        files = {each: folder / each for each in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.touch()
        script = folder / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        done = subprocess.run(
            [*_SHELL, script],
            cwd=job.workspace / filled(step.get("working-directory", "."), self.scope()),
            env={**job.env, **self.values(step.get("env", {})), **{k: str(v) for k, v in files.items()}},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        job.ran.append(Ran(name, "bash", done.returncode, done.stdout, done.stderr))
        job.summary += files["GITHUB_STEP_SUMMARY"].read_text("utf-8")
        lines = files["GITHUB_OUTPUT"].read_text("utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines), done.returncode == 0

    def scope(self) -> Scope:
        """What names mean in the expressions of these steps."""
        action = {"action_path": str(self.action)} if self.action else {}
        contexts: dict[str, Value] = {
            "github": {**self.job.github, **action},
            "inputs": self.inputs,
            "steps": self.known,
            "runner": {"temp": str(self.job.temp)},
            "job": self.job.workflow,
        }
        return Scope(
            contexts,
            {
                "always": lambda: True,
                "cancelled": lambda: False,
                "failure": lambda: self.failed,
                "success": lambda: not self.failed,
            },
        )


def run_action(job: Job, folder: Path, given: Mapping[str, str]) -> tuple[Mapping[str, str], bool]:
    """Run a composite action; its outputs, and whether all went well.

    Raises:
        ValueError: an input that it does not have.
    """
    action = yaml.safe_load((folder / "action.yml").read_text("utf-8"))
    if unknown := set(given) - set(action["inputs"]):
        raise ValueError(f"unknown inputs: {sorted(unknown)}")
    defaults = {key: _text(value.get("default", "")) for key, value in action["inputs"].items()}
    inputs: dict[str, Value] = {**Steps(job, {}).values(defaults), **given}
    steps = Steps(job, inputs, folder)
    steps.run(action["runs"]["steps"])
    outputs = steps.values({key: value["value"] for key, value in action.get("outputs", {}).items()})
    return outputs, not steps.failed


def run_workflow(job: Job, file: Path, given: Mapping[str, Value]) -> bool:
    """Run the one job of a reusable workflow; False if its condition keeps it from running."""
    workflow = yaml.safe_load(file.read_text("utf-8"))
    (only,) = workflow["jobs"].values()
    declared = workflow[True]["workflow_call"]["inputs"]  # YAML 1.1 reads the key `on` as true
    if unknown := set(given) - set(declared):
        raise ValueError(f"unknown inputs: {sorted(unknown)}")
    steps = Steps(job, {**{key: each["default"] for key, each in declared.items()}, **given})
    scope = steps.scope()
    filled(only["concurrency"]["group"], scope)
    if not holds(only.get("if"), scope):
        return False
    steps.run(only["steps"])
    job.failed = steps.failed
    return True


def _text(value: object) -> str:
    """A scalar of YAML as a runner passes it on."""
    if value is None or isinstance(value, bool):
        return {True: "true", False: "false", None: ""}[value]
    return str(value)
