"""The immutable data that every other module exchanges; of this package it imports `records` only."""

from __future__ import annotations

from dataclasses import field
from enum import Enum, IntEnum

from promptlint.records import dataclass

# --- places ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points. The docstring of each user says of which text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def overlaps(self, other: Span) -> bool:
        """True if the two share at least one code point."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """True if `other` lies within this span, edges included."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Location:
    """A range for people and editors: 1-based lines and columns, the end column exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class SourceKind(str, Enum):
    """The container format of a file, decided by its name."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JINJA = "jinja"
    YAML = "yaml"
    JSON = "json"
    JSONL = "jsonl"
    PYTHON = "python"
    NOTEBOOK = "notebook"
    JAVASCRIPT = "javascript"
    TYPESCRIPT = "typescript"
    POML = "poml"
    BAML = "baml"


@dataclass(frozen=True, slots=True)
class Source:
    """A file exactly as read: BOM (as U+FEFF) and newlines kept.

    `path` is POSIX and relative to the project root. `named` says that the user asked for this
    very file (command line, standard input, config `include`), so that it is a prompt without
    further judgement. `context` is what the other files of the project say of it.
    """

    path: str
    text: str
    kind: SourceKind
    named: bool = False
    context: Context = field(default_factory=lambda: Context())  # noqa: PLW0108  # defined below


# --- prompts --------------------------------------------------------------------------------


class SegmentKind(str, Enum):
    """What a stretch of a prompt is. Only TEXT and SLOT have width in `Prompt.text`."""

    TEXT = "text"
    SLOT = "slot"
    CONTROL = "control"
    COMMENT = "comment"
    MEDIA = "media"


class CodecKind(str, Enum):
    """How a container spells text in its source."""

    VERBATIM = "verbatim"
    PYTHON = "python"
    JSON = "json"
    YAML_PLAIN = "yaml-plain"
    YAML_SINGLE = "yaml-single"
    YAML_DOUBLE = "yaml-double"
    YAML_LITERAL = "yaml-literal"
    YAML_FOLDED = "yaml-folded"
    JAVASCRIPT = "javascript"
    XML = "xml"
    BAML = "baml"


class Escaping(str, Enum):
    """What a template language, inside the container, does to its own special characters."""

    NONE = "none"
    BRACES = "braces"  # f-strings and str.format: { is written {{
    PERCENT = "percent"  # printf style: % is written %%
    JINJA = "jinja"  # no way to write {{ {% {# inside plain text
    DOLLAR = "dollar"  # string.Template: $ is written $$


@dataclass(frozen=True, slots=True)
class Codec:
    """All that is needed to write new text beside the old (see `codecs.encode`).

    `quote` and `raw` are of a literal: in a `raw` one no escape is written. `indent` follows each newline
    of new text (YAML blocks, dedented literals); `newline` is the file's own line ending. `outer` spells the
    spelling once more: a Python literal in a JSON string of a notebook.
    """

    kind: CodecKind = CodecKind.VERBATIM
    escaping: Escaping = Escaping.NONE
    quote: str = ""
    raw: bool = False
    indent: str = ""
    newline: str = "\n"
    editable: bool = True
    outer: Codec | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of a segment's text and the source that spells it.

    A verbatim piece is spelt by itself, character for character. Any other piece (an escape, a
    folded line break, CRLF read as LF) is atomic: an edit takes all of it or none. Source between
    two pieces (the indentation of a YAML block, a dedented line) spells nothing.
    """

    text_start: int
    text_end: int
    source_start: int
    source_end: int
    verbatim: bool = True


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm of one alternative: (group, arm). Two texts in different arms of one group never meet.

    `said` is what decides it, where no CONTROL segment says that; two arms are the same without it.
    """

    group: int
    arm: int
    said: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Segment:
    """A tile of a prompt.

    `text` is what the model reads (TEXT), or the source spelling (SLOT: `{name}`, `{{ user.id }}`);
    for CONTROL, COMMENT and MEDIA it is the empty string. `span` is the segment's whole range in
    the source. `pieces` tile `text` (TEXT only). `name` is the variable or expression of a SLOT,
    the statement of a CONTROL.
    """

    kind: SegmentKind
    text: str
    span: Span
    codec: Codec = Codec()
    branch: tuple[Arm, ...] = ()
    pieces: tuple[Piece, ...] = ()
    name: str = ""


class Role(str, Enum):
    """Who speaks a message."""

    SYSTEM = "system"
    DEVELOPER = "developer"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    TOOL_DEFINITION = "tool_definition"


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `role` is None where the container does not say. `cache_mark` is an explicit
    cache breakpoint after this message ("ephemeral", "5m", "1h"...), None if there is none."""

    role: Role | None
    segments: tuple[Segment, ...]
    cache_mark: str | None = None


class Unknown(Enum):
    """The type of UNKNOWN: a parameter that is given, but not as a literal."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN
Value = str | int | float | bool | None | Unknown


@dataclass(frozen=True, slots=True)
class Field:
    """A named value that the container declares, with its place in the source.

    `path` is the file whose source `span` means, if that is another than the prompt's, and `line` its line
    there.
    """

    name: str
    value: Value
    span: Span
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of the model call that sends a prompt.

    Field names are the field's own: model, max_tokens, temperature, response_format, tools...
    """

    fields: tuple[Field, ...] = ()

    def get(self, name: str) -> Field | None:
        """The field of that name, or None."""
        for item in self.fields:  # no generator: rules ask for many fields of many prompts
            if item.name == name:
                return item
        return None


class Profile(str, Enum):
    """What a prompt is for: a model call, or a document that a coding agent loads."""

    PROMPT = "prompt"
    AGENT_DOCUMENT = "agent-document"


class Load(str, Enum):
    """When a prompt is paid for; one that is INCLUDED is counted in the prompt that it is a part of."""

    EVERY_CALL = "every call"
    ON_DEMAND = "on demand"
    INCLUDED = "included"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt with exact spans.

    `text` is the texts of all segments in order; message breaks have no width. `inputs` are the
    inputs that the container declares (None: it has no way to, or does not). `variables` are the
    names of the template variables that are read, in slots or in control statements.
    """

    id: str
    source: Source
    messages: tuple[Message, ...]
    call: Call = Call()
    profile: Profile = Profile.PROMPT
    load: Load = Load.EVERY_CALL
    origin: str = "file"
    inputs: tuple[Field, ...] | None = None
    variables: tuple[str, ...] = ()
    text: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = [segment.text for message in self.messages for segment in message.segments]
        object.__setattr__(self, "text", "".join(parts))

    @property
    def segments(self) -> tuple[Segment, ...]:
        """All segments of all messages, in order."""
        return tuple(segment for message in self.messages for segment in message.segments)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why (a part of) a file could not be read as prompts: an SRC or TPL001 finding in the making.

    `span` is in source coordinates.
    """

    code: str
    message: str
    span: Span = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Passed:
    """A text that looks like a prompt and was not taken; `reason` is a clause. `span` is of the source."""

    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one file holds. `reason` says why it was taken as prompts, or why not."""

    prompts: tuple[Prompt, ...] = ()
    problems: tuple[Problem, ...] = ()
    reason: str = ""
    references: tuple[Reference, ...] = ()
    passed: tuple[Passed, ...] = ()


# --- one file and the others ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Use:
    """What one file says of a prompt that another holds.

    `name` is the constant that is meant (`Bot.SYSTEM`), empty for the whole file. `syntax` is the template
    language it is filled in with, empty if that is not said. `path` is the file that says so. A `part` is put
    into the prompt of that file, and counted there.
    """

    name: str = ""
    role: Role | None = None
    call: Call = Call()
    syntax: str = ""
    path: str = ""
    part: bool = False


class Target(str, Enum):
    """What a reference names, and so how it is looked up."""

    MODULE = "module"  # a Python module: `.prompts`, `shop.prompts`
    FILE = "file"  # a path, from the referring file's folder or one above it
    TEMPLATE = "template"  # what a template includes, extends or imports
    MENTION = "mention"  # a path or command that an agent document speaks of
    ABOVE = "above"  # an agent document that is loaded together with this one
    BELOW = "below"  # an agent document that is loaded after this one


@dataclass(frozen=True, slots=True)
class Reference:
    """A way from one file to another, as it is spelt (`target`), and what is said of the other there.

    `alias` is the name under which a module passes `use.name` of another module on. A `required` file that
    is missing, or is outside the project, is a finding at `span`; of the others nothing is said.
    """

    kind: Target
    target: str
    span: Span
    use: Use = Use()
    alias: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Include:
    """A template that another one includes: `target` as spelt there, and the file that was found."""

    target: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """What the project says of a file; all references were followed inside the project only.

    `includes` are the templates that it includes, and those that they include; `levels` the agent documents
    that are loaded together with it.
    """

    uses: tuple[Use, ...] = ()
    includes: tuple[Include, ...] = ()
    problems: tuple[Problem, ...] = ()
    levels: tuple[Include, ...] = ()


# --- the outline ----------------------------------------------------------------------------


class BlockKind(str, Enum):
    """Nodes of the outline of a prompt's text."""

    SECTION = "section"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    ITEM = "item"
    SENTENCE = "sentence"
    EXAMPLES = "examples"  # the parent of EXAMPLE nodes
    EXAMPLE = "example"
    CODE = "code"
    DATA = "data"
    TABLE = "table"
    RULER = "ruler"


@dataclass(frozen=True, slots=True)
class Block:
    """A node of the outline; `span` is in prompt coordinates and never crosses a message break."""

    kind: BlockKind
    span: Span
    children: tuple[Block, ...] = ()


# --- findings -------------------------------------------------------------------------------


class Severity(IntEnum):
    """How bad a finding is; ordered."""

    INFO = 1
    WARNING = 2
    ERROR = 3


class Safety(IntEnum):
    """May a fix be applied without a look? SAFE keeps every requirement; ordered."""

    DISPLAY = 1
    UNSAFE = 2
    SAFE = 3


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace `span` by `new`: in prompt coordinates inside a Hit, in source coordinates inside a Fix."""

    span: Span
    new: str


@dataclass(frozen=True, slots=True)
class Hit:
    """All that a checker may say, in prompt coordinates.

    `at` is a span, a declared field (its own source span is shown) or None for the whole prompt.
    `edits` belong together: all or none. `drops` tells in words what an unsafe edit may lose.
    `saves` is for a hit without edits: the input tokens that would be saved, if the checker knows; `caches`
    the static tokens that a prefix cache could hold if the advice were followed. `minor`: no more than an
    info, because the checker does not know enough; a severity from the configuration stands.
    """

    at: Span | Field | None
    message: str
    edits: tuple[Edit, ...] = ()
    related: tuple[Span, ...] = ()
    safety: Safety = Safety.DISPLAY
    drops: str = ""
    saves: int = 0
    caches: int = 0
    minor: bool = False


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits in source coordinates, sorted, not overlapping; all or none."""

    edits: tuple[Edit, ...]
    safety: Safety
    drops: str = ""


class Basis(str, Enum):
    """Where a number comes from."""

    EXACT = "exact"
    ESTIMATED = "estimated"
    ASSUMED = "assumed"
    MEASURED = "measured"


@dataclass(frozen=True, slots=True)
class Saving:
    """What a finding costs, or its fix saves, for one call.

    Tokens are counted as before - after, never as a sum of parts. `usd_per_1000` is the range
    (cached price, uncached price) in US dollars for 1,000 calls, None if the price is unknown.
    """

    input_tokens: int
    output_tokens: int = 0
    usd_per_1000: tuple[float, float] | None = None
    usd_month: tuple[float, float] | None = None
    basis: Basis = Basis.EXACT


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, with everything a report needs and no reference to a Source.

    `span` and `related` are in source coordinates. `prompt` is a prompt id, None for a finding about the
    file itself.
    """

    code: str
    name: str
    severity: Severity
    message: str
    path: str
    span: Span
    location: Location
    fingerprint: str
    prompt: str | None = None
    related: tuple[Location, ...] = ()
    fix: Fix | None = None
    saving: Saving | None = None


@dataclass(frozen=True, slots=True)
class TokenCount:
    """Input tokens of a prompt over its branches; slots hold `slot_estimate` more.

    `error` is the relative 95th-percentile error of an estimate (0.0 when exact).
    """

    low: int
    high: int
    slot_estimate: int
    tokenizer: str
    basis: Basis
    error: float = 0.0


@dataclass(frozen=True, slots=True)
class Traits:
    """What decides where the requests of a prompt may go; see `traits`.

    Each `_basis` is "declared" (in front matter), "configured" (in promptlint.toml), "inferred" (from text or
    call), "assumed" or "" (not known). `output` is what the call enforces, "text", "json" or "schema", and
    `output_schema` the schema as JSON, empty if it cannot be read. `uncacheable` says why no answer may be
    given again; `output_tokens` is the most, or the usual number, that the author gives. `owner_basis` may
    also be the path of the CODEOWNERS file. Where the model of `difficulty` infers, `task_probability` is
    what it says of the task, `difficulty_low` and `difficulty_high` are the 80 % interval, and
    `difficulty_because` names the features that move the score most.
    """

    system_hash: str
    task: str
    task_basis: str
    difficulty: float | None
    difficulty_basis: str
    output: str
    latency: str
    latency_basis: str
    batchable: bool
    batchable_basis: str
    uncacheable: tuple[str, ...]
    output_tokens: int | None
    owner: str
    output_basis: str = "inferred"
    output_schema: str = ""
    cacheable_basis: str = "inferred"
    output_tokens_basis: str = ""
    owner_basis: str = ""
    task_probability: float | None = None
    difficulty_low: float | None = None
    difficulty_high: float | None = None
    difficulty_because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PromptFacts:
    """What is known of a prompt without running it; the row of `promptlint prompts`.

    `parts` splits the static tokens (high) into system, tools, examples, history, other; each is
    counted on its own text, so that they may differ from the whole by a few tokens.
    `prefix_tokens` are the static tokens before the first slot. `usd_per_1000` is a
    (cached, uncached) range; `priced_as` names the model whose price it is, if not `model`. `included` are
    those of the static tokens that included templates and macros add.
    """

    id: str
    path: str
    location: Location
    version: str
    roles: tuple[str, ...]
    profile: Profile
    load: Load
    tokens: TokenCount
    parts: tuple[tuple[str, int], ...]
    slots: tuple[str, ...]
    prefix_tokens: int
    model: str
    model_basis: Basis
    usd_per_1000: tuple[float, float] | None
    uncounted: tuple[str, ...] = ()
    calls_per_month: int | None = None
    fixable_tokens: int = 0
    fixable_usd_per_1000: tuple[float, float] | None = None
    priced_as: str = ""
    included: int = 0
    traits: Traits | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a prompt that others may share: `finding` is told, with a message, if they do.

    Equal passages have one `digest`. `least` are the words that all that is told of together must have.
    """

    digest: str
    words: int
    tokens: int
    least: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class FileResult:
    """What checking one file gave: what the result cache stores, and all that reports see.

    `passages` are those of its prompts, in order, that no comment answers.
    """

    path: str
    prompts: tuple[PromptFacts, ...] = ()
    findings: tuple[Finding, ...] = ()
    suppressed: int = 0
    reason: str = ""
    references: tuple[Reference, ...] = ()
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """A file that was not checked, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A failure of promptlint itself on one file; never a finding."""

    path: str
    message: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a whole run gave, in order of path."""

    files: tuple[FileResult, ...] = ()
    skipped: tuple[Skip, ...] = ()
    errors: tuple[Fault, ...] = ()
    baselined: int = 0
