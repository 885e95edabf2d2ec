"""Turns a FileResult into JSON text and back, fast: what the result cache stores.

Everything is a list by position; a change of the data model needs a new VERSION, nothing else.
"""

from __future__ import annotations

import json

from promptlint.model import (
    UNKNOWN,
    Basis,
    Call,
    Edit,
    Field,
    FileResult,
    Finding,
    Fix,
    Load,
    Location,
    Passage,
    Profile,
    PromptFacts,
    Reference,
    Role,
    Safety,
    Saving,
    Severity,
    Span,
    Target,
    TokenCount,
    Traits,
    Use,
    Value,
)

VERSION = 8
"""Of the layout; a text of any other version is refused."""

Json = list[object]

_BASES = {item.value: item for item in Basis}
_LOADS = {item.value: item for item in Load}
_ROLES = {item.value: item for item in Role}
_TARGETS = {item.value: item for item in Target}
_PROFILES = {item.value: item for item in Profile}
_SAFETIES = {item.value: item for item in Safety}
_SEVERITIES = {item.value: item for item in Severity}


def dump(result: FileResult) -> str:
    """The JSON text of a result; ASCII only."""
    document = [
        VERSION,
        result.path,
        [_facts(item) for item in result.prompts],
        [_finding(item) for item in result.findings],
        result.suppressed,
        result.reason,
        [_reference(item) for item in result.references],
        [_passage(item) for item in result.passages],
    ]
    return json.dumps(document, separators=(",", ":"))


def load(text: str | bytes) -> FileResult:
    """The result that `dump` wrote.

    Raises:
        ValueError: the text is anything else.
    """
    try:
        version, path, prompts, findings, suppressed, reason, references, passages = _list(json.loads(text))
        if version != VERSION:
            raise ValueError("another version")
        return FileResult(
            _str(path),
            tuple([_read_facts(item) for item in _list(prompts)]),
            tuple([_read_finding(item) for item in _list(findings)]),
            _int(suppressed),
            _str(reason),
            tuple([_read_reference(item) for item in _list(references)]),
            tuple([_read_passage(item) for item in _list(passages)]),
        )
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError("not a stored result") from error


# --- writing --------------------------------------------------------------------------------


def _location(item: Location) -> Json:
    return [item.line, item.column, item.end_line, item.end_column]


def _fix(item: Fix | None) -> Json | None:
    if item is None:
        return None
    edits = [[edit.span.start, edit.span.end, edit.new] for edit in item.edits]
    return [edits, item.safety.value, item.drops]


def _saving(item: Saving | None) -> Json | None:
    if item is None:
        return None
    return [item.input_tokens, item.output_tokens, item.usd_per_1000, item.usd_month, item.basis.value]


def _finding(item: Finding) -> Json:
    return [
        item.code,
        item.name,
        item.severity.value,
        item.message,
        item.path,
        [item.span.start, item.span.end],
        _location(item.location),
        item.fingerprint,
        item.prompt,
        [_location(other) for other in item.related],
        _fix(item.fix),
        _saving(item.saving),
    ]


def _passage(item: Passage) -> Json:
    return [item.digest, item.words, item.tokens, item.least, _finding(item.finding)]


def _facts(item: PromptFacts) -> Json:
    count = item.tokens
    tokens = [count.low, count.high, count.slot_estimate, count.tokenizer, count.basis.value, count.error]
    place, profile, load_ = _location(item.location), item.profile.value, item.load.value
    return [
        [item.id, item.path, place, item.version, item.roles, profile, load_, item.slots, item.uncounted],
        [tokens, item.parts, item.prefix_tokens, item.calls_per_month, item.included],
        [
            item.model,
            item.model_basis.value,
            item.usd_per_1000,
            item.fixable_tokens,
            item.fixable_usd_per_1000,
            item.priced_as,
        ],
        _traits(item.traits),
    ]


def _traits(item: Traits | None) -> Json | None:
    if item is None:
        return None
    known = [item.task, item.task_basis, item.difficulty, item.difficulty_basis, item.output]
    served = [item.latency, item.latency_basis, item.batchable, item.batchable_basis]
    who = [item.output_basis, item.cacheable_basis, item.output_tokens_basis, item.owner, item.owner_basis]
    hint = [item.task_probability, item.difficulty_low, item.difficulty_high, item.difficulty_because]
    return [
        item.system_hash,
        known,
        served,
        item.uncacheable,
        item.output_tokens,
        item.output_schema,
        who,
        hint,
    ]


def _reference(item: Reference) -> Json:
    use = item.use
    role = use.role.value if use.role else None
    calls = [_field(field) for field in use.call.fields]
    said = [use.name, role, calls, use.syntax, use.path, use.part]
    return [item.kind.value, item.target, [item.span.start, item.span.end], said, item.alias, item.required]


def _field(item: Field) -> Json:
    value: Json = [] if item.value is UNKNOWN else [item.value]
    return [item.name, value, [item.span.start, item.span.end], item.path, item.line]


# --- reading: any wrong shape is a TypeError, a KeyError or a ValueError ---------------------------


def _list(value: object) -> Json:
    if type(value) is not list:
        raise TypeError
    return value


def _str(value: object) -> str:
    if type(value) is not str:
        raise TypeError
    return value


def _int(value: object) -> int:
    if type(value) is not int:
        raise TypeError
    return value


def _float(value: object) -> float:
    if type(value) is not float and type(value) is not int:
        raise TypeError
    return value


def _optional_int(value: object) -> int | None:
    return None if value is None else _int(value)


def _bool(value: object) -> bool:
    if type(value) is not bool:
        raise TypeError
    return value


def _strings(value: object) -> tuple[str, ...]:
    return tuple([_str(item) for item in _list(value)])


def _range(value: object) -> tuple[float, float] | None:
    if value is None:
        return None
    low, high = _list(value)
    return _float(low), _float(high)


def _read_span(value: object) -> Span:
    start, end = _list(value)
    return Span(_int(start), _int(end))


def _read_location(value: object) -> Location:
    line, column, end_line, end_column = _list(value)
    return Location(_int(line), _int(column), _int(end_line), _int(end_column))


def _read_edit(value: object) -> Edit:
    start, end, new = _list(value)
    return Edit(Span(_int(start), _int(end)), _str(new))


def _read_fix(value: object) -> Fix | None:
    if value is None:
        return None
    edits, safety, drops = _list(value)
    return Fix(tuple([_read_edit(item) for item in _list(edits)]), _SAFETIES[_int(safety)], _str(drops))


def _read_saving(value: object) -> Saving | None:
    if value is None:
        return None
    input_tokens, output_tokens, per_1000, month, basis = _list(value)
    return Saving(
        _int(input_tokens), _int(output_tokens), _range(per_1000), _range(month), _BASES[_str(basis)]
    )


def _read_finding(value: object) -> Finding:
    code, name, severity, message, path, span, place, mark, prompt, related, fix, saving = _list(value)
    return Finding(
        _str(code),
        _str(name),
        _SEVERITIES[_int(severity)],
        _str(message),
        _str(path),
        _read_span(span),
        _read_location(place),
        _str(mark),
        None if prompt is None else _str(prompt),
        tuple([_read_location(item) for item in _list(related)]),
        _read_fix(fix),
        _read_saving(saving),
    )


def _read_tokens(value: object) -> TokenCount:
    low, high, slots, tokenizer, basis, error = _list(value)
    return TokenCount(_int(low), _int(high), _int(slots), _str(tokenizer), _BASES[_str(basis)], _float(error))


def _read_part(value: object) -> tuple[str, int]:
    name, tokens = _list(value)
    return _str(name), _int(tokens)


def _read_facts(value: object) -> PromptFacts:
    own, spent, priced, traits = _list(value)
    id_, path, place, version, roles, profile, load_, slots, uncounted = _list(own)
    tokens, parts, prefix, calls, included = _list(spent)
    model, basis, per_1000, fixable, fixable_per_1000, priced_as = _list(priced)
    return PromptFacts(
        id=_str(id_),
        path=_str(path),
        location=_read_location(place),
        version=_str(version),
        roles=_strings(roles),
        profile=_PROFILES[_str(profile)],
        load=_LOADS[_str(load_)],
        tokens=_read_tokens(tokens),
        parts=tuple([_read_part(item) for item in _list(parts)]),
        slots=_strings(slots),
        prefix_tokens=_int(prefix),
        model=_str(model),
        model_basis=_BASES[_str(basis)],
        usd_per_1000=_range(per_1000),
        uncounted=_strings(uncounted),
        calls_per_month=_optional_int(calls),
        fixable_tokens=_int(fixable),
        fixable_usd_per_1000=_range(fixable_per_1000),
        priced_as=_str(priced_as),
        included=_int(included),
        traits=_read_traits(traits),
    )


def _read_traits(value: object) -> Traits | None:
    if value is None:
        return None
    system, known, served, uncacheable, output_tokens, schema, who, hint = _list(value)
    probability, low, high, because = _list(hint)
    output_basis, cacheable_basis, tokens_basis, owner, owner_basis = _list(who)
    task, task_basis, difficulty, difficulty_basis, output = _list(known)
    latency, latency_basis, batchable, batchable_basis = _list(served)
    return Traits(
        system_hash=_str(system),
        task=_str(task),
        task_basis=_str(task_basis),
        difficulty=_optional_float(difficulty),
        difficulty_basis=_str(difficulty_basis),
        output=_str(output),
        latency=_str(latency),
        latency_basis=_str(latency_basis),
        batchable=_bool(batchable),
        batchable_basis=_str(batchable_basis),
        uncacheable=_strings(uncacheable),
        output_tokens=None if output_tokens is None else _int(output_tokens),
        owner=_str(owner),
        output_basis=_str(output_basis),
        output_schema=_str(schema),
        cacheable_basis=_str(cacheable_basis),
        output_tokens_basis=_str(tokens_basis),
        owner_basis=_str(owner_basis),
        task_probability=_optional_float(probability),
        difficulty_low=_optional_float(low),
        difficulty_high=_optional_float(high),
        difficulty_because=_strings(because),
    )


def _optional_float(value: object) -> float | None:
    return None if value is None else _float(value)


def _read_passage(value: object) -> Passage:
    digest, words, tokens, least, finding = _list(value)
    return Passage(_str(digest), _int(words), _int(tokens), _int(least), _read_finding(finding))


def _read_reference(value: object) -> Reference:
    kind, target, span, said, alias, required = _list(value)
    name, role, calls, syntax, path, part = _list(said)
    use = Use(
        _str(name),
        None if role is None else _ROLES[_str(role)],
        Call(tuple([_read_field(item) for item in _list(calls)])),
        _str(syntax),
        _str(path),
        part is True,
    )
    return Reference(_TARGETS[_str(kind)], _str(target), _read_span(span), use, _str(alias), required is True)


def _read_field(value: object) -> Field:
    name, held, span, path, line = _list(value)
    return Field(_str(name), _read_value(_list(held)), _read_span(span), _str(path), _int(line))


def _read_value(held: Json) -> Value:
    if not held:
        return UNKNOWN
    (value,) = held
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError
