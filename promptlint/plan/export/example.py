"""One training example, and where it is from."""

from __future__ import annotations

from promptlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """What is given and what is answered.

    Args:
        system: the system message; empty: none.
        given: what the user says.
        answer: what the model should say.
        source: id of a prompt, or suite and case.
        cluster: examples of one cluster depend on one another; empty: it stands alone.
    """

    system: str
    given: str
    answer: str
    source: str
    cluster: str = ""
