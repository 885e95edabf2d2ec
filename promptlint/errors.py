"""The errors of promptlint's library; the command line turns each into one line.

PromptlintError
├── UsageError       a named path is missing, a base revision is bad, a baseline is missing (exit 2)
├── ConfigError      a config file or key is wrong (exit 2)
├── CardError        a rule card is wrong (exit 2)
├── SuiteError       an eval suite is wrong (exit 2)
├── ScoringError     an answer of a model cannot be judged: neither a pass nor a fail
├── SourceError      a file cannot be read as its format; becomes a finding, never ends a run
├── ProofError       an edit would have damaged the file; nothing was written (exit 3)
└── HostError        GitHub or GitLab does not do what was asked (exit 2)
    ├── RefusedError       the token may not (403): the caller may fall back to annotations
    └── UnreachableError   no answer, or a failure of the server after all tries (exit 4)
"""

from __future__ import annotations

from promptlint.model import Problem


class PromptlintError(Exception):
    """The base of every error that promptlint raises on purpose."""


class UsageError(PromptlintError):
    """The command cannot be carried out as asked."""


class ConfigError(PromptlintError):
    """A configuration file is wrong; the message names the file and the key."""


class CardError(PromptlintError):
    """A rule card is wrong; the message names the file and the key."""


class SuiteError(PromptlintError):
    """An eval suite is wrong; the message names the file and the line. Nothing was paid for yet."""


class ScoringError(PromptlintError):
    """An answer cannot be judged by an assertion: it is neither a pass nor a fail."""


class SourceError(PromptlintError):
    """A file is not what its format asks for.

    Args:
        problem: the finding in the making, with its place in the source.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class ProofError(PromptlintError):
    """An edit was not proven to be lossless; the message says which promise broke."""


class HostError(PromptlintError):
    """GitHub or GitLab does not do what was asked; the message has the status and what to do, no secret."""


class RefusedError(HostError):
    """The token is known, but may not do this."""


class UnreachableError(HostError):
    """No answer, a dropped connection, or a failure of the server, after all tries."""
