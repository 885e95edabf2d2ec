"""The data of a few-shot example: what is given, what is answered, and how that is written."""

from __future__ import annotations

from enum import Enum

from promptlint.model import Span
from promptlint.records import dataclass
from promptlint.shots.names import Means
from promptlint.syntax.loosenodes import Literal


class Form(str, Enum):
    """How an example is written."""

    LABELS = "labels"  # `Input: ... Output: ...`
    TAGS = "tags"  # `<input>...</input><output>...</output>`
    ARROW = "arrow"  # `text -> label`
    TABLE = "table"  # a row of a table with heads
    TURNS = "turns"  # two messages of a chat
    DATA = "data"  # an object with a key for each
    HEADS = "heads"  # "Example input:" and "Example output:", each with its body
    WHOLE = "whole"  # no parts were told apart


class Worth(str, Enum):
    """Whether an example shows what to do; a BAD one shows what not to do and is no model answer."""

    MODEL = "model"
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Part:
    """A named part of an example: `name` as written, and its value (without quotation marks around it)."""

    name: str
    means: Means
    span: Span


@dataclass(frozen=True, slots=True)
class Shot:
    """One few-shot example; all spans are in prompt coordinates.

    `input` and `output` are None where they are not told apart, or not there. `parts` are in order of the
    text. `group` is the range of the examples that stand together. `literal` is the output as JSON, if it is
    an object or array; `label` the output in lower case without marks, if it is a few words. `follows`: a
    turn before it in the same conversation belongs to its input. A `template` has a slot or a placeholder
    in it: it shows the layout of an example.
    """

    span: Span
    group: Span
    form: Form
    input: Span | None = None
    output: Span | None = None
    parts: tuple[Part, ...] = ()
    worth: Worth = Worth.MODEL
    literal: Literal | None = None
    label: str = ""
    follows: bool = False
    template: bool = False

    @property
    def inputs(self) -> tuple[Span, ...]:
        """All that is given, in order of the text: `input`, and what stands apart from it, as in other cells.

        A part of unknown meaning is given if it stands between `input` and `output`. Empty without `input`.
        """
        if self.input is None:
            return ()
        low, high = self.input.end, self.output.start if self.output is not None else self.input.end
        apart = (
            part.span
            for part in self.parts
            if not part.span.overlaps(self.input)
            and (part.means is Means.INPUT or (part.means is Means.OTHER and low <= part.span.start < high))
        )
        return tuple(sorted((self.input, *apart)))
