"""The prompts of a plan: what is known of each, what is assumed, and where every figure is from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from promptlint import costs, models, prices
from promptlint.config import PromptSettings
from promptlint.measure import SLOT_TOKENS
from promptlint.model import Basis, Finding, Load, Profile, PromptFacts, Role
from promptlint.plan.assumptions import ALL, LATENCIES, MODELS
from promptlint.plan.evidence import NOTHING, Evidence, Verdict
from promptlint.plan.joints import ALONE, Joint
from promptlint.plan.quantity import Quantity, Values, exactly
from promptlint.plan.starter import has_history
from promptlint.plan.usage import Overrides, Usage
from promptlint.plan.workload import Workload, tier
from promptlint.prices import Price
from promptlint.records import dataclass
from promptlint.verdicts import Route

COMMAND_LINE = "command line"
CONFIGURATION = "configuration"

DAY = LATENCIES[-1]
_UNMARKED, _HISTORY, _BY_ROW = "CAC004", "CTX001", "CAL004"
_RETRIES = ("retries.timeout", "retries.parse", "retries.validation")


@dataclass(frozen=True, slots=True)
class Known:
    """A figure and where it is from; `scope` is the prompt that it is said of, empty if of all."""

    value: Quantity
    source: str
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Substitute:
    """A model that may take the place of a dearer one."""

    model: str
    price: Price
    source: str


@dataclass(frozen=True, slots=True)
class Project:
    """What all prompts of a plan share; `substitutes` are by the keys of `assumptions.MODELS`."""

    usage: Usage
    substitutes: Mapping[str, Substitute]
    evidence: Evidence = NOTHING
    overrides: Overrides = field(default_factory=dict)
    changes: Mapping[str, Quantity] = field(default_factory=dict)
    model: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One prompt of a plan.

    Args:
        facts: what was counted.
        model: the model that is paid, and whether that is known.
        price: its price.
        numbers: every figure that a formula may ask for, by key.
        findings: of the prompt, by code.
        latency: interactive, minutes or day.
        verdict: what an eval says of another text of it.
        route: the model that it goes to, if that was decided.
        slots: how many slots are filled in at run time with what is no prompt.
        sender: id of the call that sends it, where inputs and answers are counted; empty: none.
    """

    facts: PromptFacts
    model: str
    model_basis: Basis
    price: Price
    numbers: Mapping[str, Known]
    findings: Mapping[str, tuple[Finding, ...]]
    latency: str = "interactive"
    verdict: Verdict | None = None
    route: Route | None = None
    slots: int = 0
    sender: str = ""

    @property
    def id(self) -> str:
        """Id of the prompt."""
        return self.facts.id

    def given(self) -> dict[str, Quantity]:
        """The figures alone."""
        return {key: each.value for key, each in self.numbers.items()}

    def has(self, *codes: str) -> bool:
        """Whether a rule has found something in the prompt."""
        return any(code in self.findings for code in codes)

    def part(self, name: str) -> int:
        """Static tokens of a part: system, tools, examples, other."""
        return dict(self.facts.parts).get(name, 0)


def project(usage: Usage, evidence: Evidence, overrides: Overrides) -> Project:
    """What all prompts share, with the prices of the models that may take the place of others."""
    found = {}
    for key, (model, source) in MODELS.items():
        word = usage.models.get(key)
        name = word.value if word else model
        price = prices.price(name, overrides)
        assert price is not None  # the reader of the file and a test see to it
        found[key] = Substitute(name, price, f"stated in {word.place}" if word else source)
    return Project(usage, found, evidence, overrides)


def is_planned(facts: PromptFacts, usage: Usage) -> bool:
    """Whether a prompt is a call of its own whose traffic may be assumed; what is not needs a stated one."""
    is_tool = facts.roles == (Role.TOOL_DEFINITION.value,)
    is_call = facts.profile is Profile.PROMPT and facts.load is Load.EVERY_CALL and not is_tool
    stated = facts.calls_per_month is not None or usage.number("calls_per_month", facts.id) is not None
    return facts.load is not Load.INCLUDED and (is_call or stated)


def case(
    facts: PromptFacts,
    settings: PromptSettings,
    findings: Iterable[Finding],
    shared: Project,
    joint: Joint = ALONE,
) -> Case | None:
    """What is known of a prompt; None if no price is known for its model."""
    stated = shared.usage.word("model", facts.id)
    name, basis = (stated.value, Basis.ESTIMATED) if stated else (facts.model, facts.model_basis)
    if shared.model:
        name, basis = shared.model, Basis.ASSUMED
    price = prices.price(name, shared.overrides) if name else None
    if price is None and facts.priced_as:
        price, basis = prices.price(facts.priced_as, shared.overrides), Basis.ASSUMED
    if price is None:
        return None
    by_code: dict[str, list[Finding]] = {}
    for each in findings:
        by_code.setdefault(each.code, []).append(each)
    found = {code: tuple(each) for code, each in by_code.items()}
    latency = _latency(facts, settings, found, shared)
    return Case(
        facts=facts,
        model=name,
        model_basis=basis,
        price=price,
        numbers=_numbers(facts, settings, found, latency, shared)
        | _sent(facts, joint.sender, shared)
        | {key: Known(value, COMMAND_LINE) for key, value in shared.changes.items()},
        findings=found,
        latency=latency,
        verdict=shared.evidence.verdicts.get(facts.id),
        route=shared.evidence.routes.get(facts.id),
        slots=max(0, facts.tokens.slot_estimate // SLOT_TOKENS - joint.held),
        sender=joint.sender.id if joint.sender is not None else "",
    )


def _latency(
    facts: PromptFacts, settings: PromptSettings, found: Mapping[str, object], shared: Project
) -> str:
    """How long an answer may take: as the usage file says, else the configuration, else what was found."""
    word = shared.usage.word("latency", facts.id)
    if word is not None:
        return word.value
    may_wait = settings.latency == "background" if settings.batchable is None else settings.batchable
    return DAY if may_wait or _BY_ROW in found else LATENCIES[0]


def _numbers(
    facts: PromptFacts, settings: PromptSettings, found: Mapping[str, object], latency: str, shared: Project
) -> dict[str, Known]:
    """Every figure: of the command line, else the usage file, the configuration, the prompt, or assumed."""
    numbers = {key: Known(each.value, each.source) for key, each in ALL.items()}
    chats = has_history(facts) or _HISTORY in found
    if not chats:
        numbers["turns"] = Known(exactly(1.0), "no slot of it holds a history", facts.id)
    if facts.tokens.slot_estimate:
        numbers["variable_tokens"] = Known(exactly(0.0), "its slots hold it", facts.id)
    if latency == DAY:
        numbers["batch_share"] = Known(exactly(1.0, Basis.ESTIMATED), "all of it may wait a day", facts.id)
    numbers |= {
        key: Known(each.value, f"stated in {each.place}") for key, each in shared.usage.assume.items()
    }
    configured = {
        "calls_per_month": facts.calls_per_month,
        "output_tokens": settings.output_tokens,
        "difficulty": settings.difficulty,
    }
    for key, value in configured.items():
        if value is not None:
            numbers[key] = Known(exactly(float(value), Basis.ESTIMATED), CONFIGURATION, facts.id)
    for key in (*numbers, "difficulty"):
        if (stated := shared.usage.number(key, facts.id)) is not None:
            numbers[key] = Known(stated.value, f"stated in {stated.place}", facts.id)
            if key == "variable_tokens":
                numbers["slot_tokens"] = Known(exactly(0.0), "its variable_tokens are stated", facts.id)
    return numbers


def _sent(facts: PromptFacts, sender: PromptFacts | None, shared: Project) -> dict[str, Known]:
    """The figures of a prompt that another one sends: its requests are that one's, as are inputs and answers.

    What is stated of the prompt itself counts all the same.
    """
    if sender is None:
        return {}
    told = f"counted in {sender.id}, which sends it"
    found = {
        key: Known(exactly(0.0), told, facts.id)
        for key in ("output_tokens", "variable_tokens")
        if shared.usage.number(key, facts.id) is None
    }
    key = "calls_per_month"
    if shared.usage.number(key, facts.id) is None and facts.calls_per_month is None:
        if (stated := shared.usage.number(key, sender.id)) is not None:
            found[key] = Known(stated.value, f"stated in {stated.place}", sender.id)
        elif sender.calls_per_month is not None:
            calls = exactly(float(sender.calls_per_month), Basis.ESTIMATED)
            found[key] = Known(calls, CONFIGURATION, sender.id)
    return found


def is_marked(case: Case) -> bool:
    """Whether the provider caches the prefix as it is: Anthropic's must be marked, others' need not."""
    return models.vendor(case.model) != "anthropic" or not case.has(_UNMARKED)


def workload(case: Case, values: Values) -> Workload:
    """The traffic of a prompt as it is, for values of its figures."""
    facts = case.facts
    marked = is_marked(case)
    timeout, parse, validation = (values[key] for key in _RETRIES)
    return Workload(
        calls=values["calls_per_month"],
        static=float(facts.tokens.high),
        prefix=float(facts.prefix_tokens),
        variable=case.slots * values["slot_tokens"] + values["variable_tokens"],
        output=values["output_tokens"],
        tiers=(tier(1.0, case.model, case.price),),
        turns=values["turns"],
        failing=(timeout, parse, validation),
        limit=values["retries.limit"],
        prefix_hits=values["prefix_hits"] if marked else 0.0,
        marked=marked,
    )


_BASE = ("calls_per_month", "turns", "slot_tokens", "variable_tokens", "output_tokens", *_RETRIES)


def base_keys(case: Case) -> Iterator[str]:
    """The figures that the cost of a prompt rests on as it is; each optimization names those that it adds."""
    yield from (key for key in _BASE if key != "slot_tokens" or case.slots)
    if any(case.numbers[key].value.high for key in _RETRIES):
        yield "retries.limit"
    if costs.cache_minimum(case.model) is not None:
        yield "prefix_hits"


def left_out(every: Sequence[PromptFacts], usage: Usage, kept: Sequence[Case]) -> Iterator[tuple[str, str]]:
    """The prompts that are not in a plan, and why."""
    planned = {each.id for each in kept}
    for facts in every:
        if facts.id in planned:
            continue
        if facts.load is Load.INCLUDED:
            yield facts.id, "included in others, and counted there"
        elif is_planned(facts, usage):
            yield facts.id, f"no price is known for its model, {facts.model or 'which is not named'}"
        else:
            yield facts.id, "a tool, or a document that agents load, whose calls nobody has stated"
