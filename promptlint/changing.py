"""Tells how often the text behind a slot changes, by the expression that fills it or by its name."""

from __future__ import annotations

from enum import Enum

from promptlint.patterns import lazy

_LONGEST = 500  # code points of an expression that is read
_HUMP = lazy(r"(?<=[a-z0-9])(?=[A-Z])")
_PATH = lazy(r"\{*\s*(?:this\.|self\.|inputs?\.|ctx\.|context\.|state\.|row\.)?([A-Za-z_]\w*)\s*\}*")


class Pace(str, Enum):
    """How often a text changes; the value says it in words."""

    MOMENT = "changes with the clock"
    CALL = "is new in every call or session"
    ORDER = "has no fixed order"
    DAY = "changes once a day"


_CODE = (
    (Pace.CALL, lazy(r"\buuid\d?\b(?!\w)|randomUUID|token_(?:hex|urlsafe|bytes)|\brandom(?:\.\w+)?\(")),
    (Pace.CALL, lazy(r"Math\.random|\bsecrets\.\w|\bnanoid\(")),
    (
        Pace.DAY,
        lazy(r"\bdate\.today\(|\btoday\(\)\.(?:year|month|day)\b|toLocaleDateString|toDateString"),
    ),
    (Pace.DAY, lazy(r"(?:now|utcnow|today)\([^()]{0,60}\)\.(?:date\(|year\b|month\b|day\b|weekday\()")),
    (Pace.MOMENT, lazy(r"\b(?:now|utcnow|today)\(|\btime\.(?:time|ctime|asctime|time_ns)\(|\bctime\(")),
    (Pace.MOMENT, lazy(r"\b(?:localtime|gmtime)\(|\bDate\.now\(|\bnew Date\(\)|\.timestamp\(\)")),
    (Pace.MOMENT, lazy(r"\btime\.strftime\(")),
    (Pace.ORDER, lazy(r"(?<![.\w])(?:frozen)?set\((?!\))")),
)
_FORMAT = lazy(
    r"(?:strftime|__format__|date_format|format)\(\s*[\"']([^\"']{1,80})[\"']|:([^{}:'\"]*%[^{}'\"]*)$"
)
_IN_THE_DAY = lazy(r"%[-#]?[HIMSsfTXcpRr]|\bHH|\bhh|\bmm:|:ss")
_SORTED = lazy(r"\bsorted\(|sort_keys\s*=\s*True|\|\s*sort\b|\.toSorted\(|\.sort\(|\blen\(")
_OF_THE_CLOCK = """
now clock utc_now utcnow now_utc now_iso iso_now current_time time_now currenttime current_datetime
current_date_time current_timestamp curr_time cur_time datetime_now date_time_now now_str now_string
current_time_iso current_utc_time local_time_now timestamp_now time_of_call call_time request_time wall_clock
current_local_time current_time_utc system_time
"""
_OF_THE_CALL = """
uuid request_id run_id trace_id session_id call_id correlation_id nonce random_id random_seed invocation_id
execution_id request_uuid session_uuid run_uuid conversation_id random_string random_number
"""
_OF_THE_DAY = """
today date_today today_date todays_date current_date cur_date curr_date date_now current_year this_year
current_month weekday current_day day_of_week today_iso current_day_of_week
"""
_NAMES = {
    **dict.fromkeys(_OF_THE_CLOCK.split(), Pace.MOMENT),
    **dict.fromkeys(_OF_THE_CALL.split(), Pace.CALL),
    **dict.fromkeys(_OF_THE_DAY.split(), Pace.DAY),
}


def pace(expression: str) -> Pace | None:
    """How often the value of an expression of Python, JavaScript or a template changes, if that can be told.

    A bare name is told by `named`. A date formatted without the time of day changes once a day.
    """
    bare = _PATH.fullmatch(expression)
    if bare is not None:
        return named(bare[1])
    if len(expression) > _LONGEST:
        return None
    for kind, pattern in _CODE:
        if pattern.search(expression):
            if kind is Pace.MOMENT:
                return _of_clock(expression)
            return None if kind is Pace.ORDER and _SORTED.search(expression) else kind
    return None


def named(name: str) -> Pace | None:
    """How often a slot of that name changes, for names that can mean little else: `now`, `request_id`."""
    return _NAMES.get(_HUMP.sub("_", name).lower().strip("_"))


def _of_clock(expression: str) -> Pace:
    shown = _FORMAT.search(expression)
    if shown is None:
        return Pace.MOMENT
    return Pace.MOMENT if _IN_THE_DAY.search(shown[1] or shown[2]) else Pace.DAY
