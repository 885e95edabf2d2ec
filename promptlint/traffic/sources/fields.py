"""The small language that formats are written in: a table from keys to setters of a row's values."""

from __future__ import annotations

from datetime import UTC, datetime

from promptlint.traffic import masking
from promptlint.traffic.sources.whole import Fields, Row, Setter, Values, Whole, known

OTHER = ("messages", "system_text", "tools", "answer_text", "user_id", "end", "cost", "attempt_of")
"""Keys of a row that are no columns. `messages`: dicts with role and content; `end`: when the answer was
there, in microseconds; `cost`: US dollars as the log says."""

IDS = ("request_id", "trace_id", "conversation_id", "line_id", "span_id")
"""What must stay different where it is masked: `scan` does that, with the salt."""

MOST = 2**40
"""Tokens of a row at most: at any price of a token they cost what fits 64 bits, in 1e-9 dollars."""

MOST_SHORT = 2**31 - 1
"""Of what is no number of tokens: `table` keeps 32 bits of it."""
_HUGE = float("inf")
_LATEST = 4_102_444_800_000_000
"""The year 2100, in microseconds."""


def walk(row: Row, record: object, fields: Fields) -> None:
    """Set what a record's keys say; a value that is set already stays."""
    if record.__class__ is dict:
        get = fields.get
        for key, value in record.items():
            setter = get(key)
            if setter is not None and value is not None:
                setter(row, value)


def flaw(row: Row, what: str) -> None:
    """Note that a value was wrong."""
    row.setdefault("flaws", []).append(what)


def whole(row: Row, name: str, value: object) -> int | None:
    """A count; None, with a flaw, if it is negative, broken or beyond what its column holds."""
    if value.__class__ is not int:
        value = _number(value)
    if value is None:
        flaw(row, f"{name}: no number")
    elif value < 0:
        flaw(row, f"{name}: negative")
    elif value != value // 1 or value > _most(name):
        flaw(row, f"{name}: no whole number of usual size")
    else:
        return int(value)
    return None


def _most(name: str) -> int:
    return MOST_SHORT if name in ("turn", "attempt") else MOST


def _number(value: object) -> float | int | None:
    if value.__class__ is float or value.__class__ is int:
        return value if -_HUGE < value < _HUGE else None
    if isinstance(value, str):
        try:
            value = float(value.strip().replace(",", "")) if len(value) < 40 else None
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) < float("inf") else None


def micros(row: Row, name: str, value: object) -> int | None:
    """A time as microseconds since 1970, UTC: of a text by ISO 8601; a number is of seconds, milliseconds,
    microseconds or nanoseconds by its size."""
    if isinstance(value, str):
        if not value.isdigit():
            return _of_text(row, name, value)
        value = int(value) if len(value) < 25 else None
    number = _number(value)
    if number is None or number <= 0:
        flaw(row, f"{name}: no time")
        return None
    if number < 10**11:
        found = number * 1_000_000
    elif number < 10**14:
        found = number * 1_000
    else:
        found = number if number < 10**17 else number // 1_000
    if found > _LATEST:
        flaw(row, f"{name}: no time")
        return None
    return int(found)


def _of_text(row: Row, name: str, value: str) -> int | None:
    try:
        found = datetime.fromisoformat(value[:40].strip())
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        days = found - _EPOCH
    except (ValueError, OverflowError):
        flaw(row, f"{name}: no time")
        return None
    return (days.days * 86_400 + days.seconds) * 1_000_000 + days.microseconds


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# --- setters --------------------------------------------------------------------------------


def count(name: str) -> Setter:
    """Sets a count of tokens, or the like."""
    most = _most(name)

    def put(row: Row, value: object) -> None:
        if name not in row:
            row[name] = value if value.__class__ is int and 0 <= value <= most else whole(row, name, value)

    def usual(kind: type, values: Values) -> Values | None:
        return values if kind is int and min(values) >= 0 and max(values) <= most else None

    return known(put, Whole(name, usual))


def text(name: str) -> Setter:
    """Sets a name, masked but for `IDS`; a number is spelt out, a text is a flaw, the rest is passed over."""

    masked = masking.name if name not in IDS else str

    def put(row: Row, value: object) -> None:
        if value.__class__ is str:
            if value and name not in row:
                found = masked(value)
                if found == masking.TEXT:
                    flaw(row, f"{name}: a text, and no name")
                else:
                    row[name] = found
        elif value.__class__ is int:
            row.setdefault(name, str(value))

    def usual(kind: type, values: Values) -> Values | None:
        if kind is int:
            return list(map(str, values))
        if kind is not str or "" in values:
            return None
        found = values if masked is str else list(map(masked, values))
        return None if masking.TEXT in found else found

    return known(put, Whole(name, usual))


def keep(name: str) -> Setter:
    """Sets a value as it is, for `scan` to look at."""
    return known(lambda row, value: row.setdefault(name, value), Whole(name, _as_they_are))


def _as_they_are(kind: type, values: Values) -> Values:
    return values


def opened(name: str) -> Setter:
    """Sets a value, or that of JSON which a text spells."""
    return known(lambda row, value: row.setdefault(name, unpacked(value)), Whole(name, plain))


def plain(kind: type, values: Values) -> Values | None:
    """The values if `unpacked` leaves them as they are."""
    return None if kind is str and any(value[:1] in ("[", "{") for value in values) else values


def moment(name: str) -> Setter:
    """Sets a time."""

    def put(row: Row, value: object) -> None:
        if name not in row:
            row[name] = micros(row, name, value)

    def usual(kind: type, values: Values) -> Values | None:
        flawed: Row = {}
        found = [micros(flawed, name, value) for value in values]
        return None if flawed else found

    return known(put, Whole(name, usual))


def millis(factor: float) -> Setter:
    """Sets the latency; `factor` is milliseconds a unit of the log."""

    def put(row: Row, value: object) -> None:
        number = _number(value)
        if number is None or number < 0:
            flaw(row, "latency: negative" if number is not None else "latency: no number")
        else:
            row.setdefault("latency_ms", float(number * factor))

    def usual(kind: type, values: Values) -> Values | None:
        is_usual = kind in (int, float) and all(0 <= value < _HUGE for value in values)
        return [float(value * factor) for value in values] if is_usual else None

    return known(put, Whole("latency_ms", usual))


def dollars(row: Row, value: object) -> None:
    """Sets what the log says that the call costs, in US dollars."""
    number = _number(value)
    if number is None or number < 0 or number > 1e9:
        flaw(row, "cost: no amount")
    else:
        row.setdefault("usd_logged_nano", round(number * 1e9))


def _dollars(kind: type, values: Values) -> Values | None:
    is_usual = kind in (int, float) and all(0 <= value <= 1e9 for value in values)
    return [round(value * 1e9) for value in values] if is_usual else None


known(dollars, Whole("usd_logged_nano", _dollars))


def flag(name: str, *texts: str) -> Setter:
    """Sets a truth: of itself, or whether a text is one of `texts`."""

    def put(row: Row, value: object) -> None:
        if isinstance(value, bool):
            row.setdefault(name, value)
        elif isinstance(value, str) and (texts or value.lower() in ("true", "false")):
            row.setdefault(name, value.lower() in texts if texts else value.lower() == "true")

    def usual(kind: type, values: Values) -> Values | None:
        if kind is bool:
            return values
        return [value.lower() in texts for value in values] if kind is str and texts else None

    return known(put, Whole(name, usual))


def into(fields: Fields) -> Setter:
    """Goes on with the keys of an object, or of its JSON in a text."""

    def put(row: Row, value: object) -> None:
        walk(row, value if value.__class__ is dict else unpacked(value), fields)

    return known(put, Whole(inside=fields))


def first(setter: Setter) -> Setter:
    """Sets the first entry of a list."""

    def put(row: Row, value: object) -> None:
        if value.__class__ is not list:
            value = unpacked(value)
        if isinstance(value, list) and value:
            setter(row, value[0])

    return known(put, Whole(first=setter))


def status(row: Row, value: object) -> None:
    """Sets the status of HTTP, from a number or its digits; words of success and failure are the error's."""
    if value.__class__ is int and 100 <= value <= 599:
        row.setdefault("status", value)
        return
    if isinstance(value, str) and not value.strip().isdigit():
        word = value.strip().lower()
        if word in ("failure", "failed", "error", "status_code_error"):
            row.setdefault("failed", True)
        return
    number = _number(value)
    if number is not None and 100 <= number <= 599:
        row.setdefault("status", int(number))


def _statuses(kind: type, values: Values) -> Values | None:
    return values if kind is int and min(values) >= 100 and max(values) <= 599 else None


known(status, Whole("status", _statuses))


def failure(row: Row, value: object) -> None:
    """Sets what the log says of an error, for `scan` to sort."""
    if isinstance(value, dict):
        parts = [
            str(value[key])[:500]
            for key in ("type", "code", "error_class", "message", "status")
            if key in value
        ]
        status(row, value.get("status_code") or value.get("error_code") or value.get("code"))
        value = " ".join(parts)
    if isinstance(value, str) and value.strip():
        row.setdefault("failure", value[:2000])
    elif value is True:
        row.setdefault("failed", True)


def unpacked(value: object) -> object:
    """A value of JSON that a text spells, as CSV and span attributes have it; else the value itself."""
    if isinstance(value, str) and value[:1] in "[{" and value:
        from promptlint.traffic.reading.rapid import loads

        try:
            return loads(value)
        except ValueError:
            return value
    return value
