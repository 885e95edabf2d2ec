"""What scenarios share: the tool, its installation, and how they look at a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from jobs import Job
from world import CHECKER, READER, STRANGER, TOKEN, World, world


@dataclass
class Places:
    """What scenarios share: the tool as it would be downloaded, and its installation once there is one."""

    folder: Path
    tool: Path
    installed: Path | None = None

    @contextmanager
    def world(self, folder: Path, fork: bool = False) -> Iterator[World]:
        """A world for one scenario; the first job ever installs, all others use that."""
        with world(folder, self.tool, self.installed, fork) as made:
            yield made
            self.installed = made.installed


def expect(condition: object, words: str, job: Job | None = None) -> None:
    """Make sure of something; `job` is what was said if it does not hold."""
    assert condition, words + (f"\n{job.out}{job.err}codes: {job.codes}" if job else "")


def ends(job: Job, codes: Mapping[str, int], verdict: str | None = None) -> None:
    """The steps that failed, and whether the whole has."""
    expect(job.codes == codes, f"the steps should fail with {dict(codes)}", job)
    expect(job.failed == bool(codes), "the job should fail if a step has failed, and only then", job)
    expect(verdict is None or job.outputs.get("verdict", "") == verdict, f"verdict {verdict}", job)
    secrets = [each for each in (TOKEN, READER, STRANGER, CHECKER) if each in job.out + job.err + job.summary]
    expect(not secrets, "a token is shown", job)


def once(job: Job) -> None:
    """Make sure that the comparison stands once in the summaries of a job."""
    expect(job.summary.count("| Prompt") == 1, f"one table in the summary:\n{job.summary}", job)
