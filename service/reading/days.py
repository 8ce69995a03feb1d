"""The words of a day → the day they mean, from the day on which they were said.

The words become a row of tokens, each of a kind that one letter names; rules over the kinds fold neighbours into days until
only days are left: 'two weeks from friday' is 'NUfW', then 'NUfD', then 'D'. A day is never earlier than its words can mean;
where they can mean two days, the later is the answer and the other is named beside it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from functools import cache

from rapidfuzz.distance import Levenshtein

from service.reading.feasts import FEASTS, feast_days

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH_NAMES = tuple(name.lower() for name in calendar.month_name[1:])
_SMALL = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    "twentieth",
)  # fmt: skip
_SOON = timedelta(days=150)  # of two readings of '3/4', one that lies further off is not meant

# Kinds of token: D a day, W weekday, M month, N number, O ordinal, Y year, U unit, n next, t this, l last, a after, b before,
# f from/of/on, g ago, k week of, p part of, e weekend, h half, c correction, o or/to,
# s the interview, x something that is not said, i "that is".
_WORDS = {
    "n": "next nxt following coming upcoming other", "t": "this same", "l": "last past gone", "a": "after later afterwards", "b": "before till-before",
    "f": "from of on in o", "g": "ago back earlier", "k": "commencing starting beginning wc w/c", "e": "weekend weekends wkend w/e wknd",
    "h": "half", "c": "sorry actually wait rather scratch no", "o": "or to and -", "i": "so say ie i.e probably meaning maybe",
    "p": "early mid middle late end beginning start course latter",
}  # fmt: skip
_KIND = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_UNITS = {
    "day": "day days", "workday": "workday", "week": "week weeks wk wks", "fortnight": "fortnight fortnights", "month": "month months mth mths",
    "hour": "hour hours hr hrs h", "year": "year", "quarter": "quarter",
}  # fmt: skip
_UNIT = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_FROM_TODAY = {
    "today": 0, "tonight": 0, "tonite": 0, "now": 0, "eod": 0, "cob": 0, "cop": 0, "tomorrow": 1, "tmrw": 1, "tmrow": 1, "tmr": 1, "tomoz": 1, "tmw": 1,
    "tomoro": 1, "tomorow": 1, "2moro": 1, "2day": 0, "tdy": 0, "2nite": 0, "y'day": -1, "tom": 1, "yesterday": -1, "yday": -1, "yest": -1, "yesterdays": -1,
}  # fmt: skip
# Longer wordings that mean what a shorter one does.
_SAID_SHORTER = (
    (r"\b2(?=day\b|moro\b|nite\b)", "to"),
    (r"\b(early|mid|late)-", r"\1 "),
    (r"\b(?:working|business|work|wkg|bus\.?|office) days?\b|\bwd\b", " workday "),
    (r"\b(?:couple|cpl)(?: of)?\b", " 2 "),
    (r"\b(?:few)\b", " 3 "),
    (r"\b(?:this|thsi|earlier this|just this) (?:morning|mornin|afternoon|evening|arvo|avo|lunchtime|aft|noon|eve|am|pm)\b|\bjust (?:now|out|off|back|had|got|finished|done|met)\b", " today "),
    (r"\bearlier on\b|\bjust came\b", " today "),
    (r"\b(?:last (?:night|nite|evening)|yesterday (?:morning|afternoon|evening|night))\b", " yesterday "),
    (r"\b(?:end|close) of (?:the |business |play|business|working )*(?:day)?\b(?! (?:next|this|the|week|month|of))(?<=day|lay|ess)", " eod "),
    (r"\beow\b", " end week "),
    (r"\beom\b", " end month "),
    (r"\beoy\b", " end year "),
    (r"\bmonth'?s?[ -]?(?:end|ends|is out|out)\b", " end month "),
    (r"\bday after tomorrow\b", " 1 day after tomorrow "),
    (r"\bday before yesterday\b", " 1 day before yesterday "),
    (r"(?<!\d )(?<!days )\b(?:the )?day after\b", " 1 day after "),
    (r"(?<!\d )\b(?:the )?day before\b", " 1 day before "),
    (r"\blast day of\b|\bout of\b", " end of "),
    (r"\bon or before\b|\bnot before\b|\bbefore (?=the end|end)", " "),
    (r"\b(?:the )?interview\b|\bthe (?:meeting|sitting|day)\b(?= *$)", " said "),
    (r"\bthat is\b|\bi\.e\.", " ie "),
    (r"\bthat\b(?= *$)", " unsaid "),
    (r"\b(?:no|not) later(?: than)?\b|\bat the (?:very )?latest\b|\blatest\b", " "),
    (r"\bsame day\b|\bthis (?:day|time)\b", " today "),
    (r"\bw/in\b", " within "),
    (r"\bq([1-4])\b", r" quarter\1 "),
)  # fmt: skip


@dataclass(frozen=True)
class DayRead:
    day: date
    others: tuple[date, ...] = ()  # what else the words can mean
    exact: bool = True  # a date or a weekday, not 'in a week' or 'end of May'
    mismatch: bool = False  # a weekday stands there that is not this date's


@dataclass(frozen=True)
class _Token:
    kind: str
    value: int = 0
    text: str = ""
    day: date | None = None
    weekday: bool = False  # of the day, nothing but its weekday stood there
    exact: bool = False  # a date or a weekday, not 'in a week' or 'end of May'


@dataclass
class _Reading:
    said: date
    now: date
    past: bool
    month_first: bool | None
    others: list[date] = field(default_factory=list)
    mismatch: bool = False

    def dated(self, day: int, month: int, year: int | None = None) -> date | None:
        """The next such day, or the one nearest by where it has been."""
        years = [year] if year else [self.said.year + k for k in (-1, 0, 1)]
        days = [d for y in years if (d := _date(y, month, day))]
        if not days:
            return None
        if self.past:
            return min(days, key=lambda d: (abs(d - self.said), d))
        return next((d for d in days if d >= self.said), days[-1])

    def weekday(self, number: int) -> date:
        """The last such day till now, or the first one to come."""
        if self.past:
            return self.said - timedelta((self.said.weekday() - number) % 7)
        return _next(self.said, number)

    def monday(self, weeks: int = 0) -> date:
        """Of this week or a later one; on a Saturday 'this week' is the next, and 'next week' is it too."""
        late = self.said.weekday() > 4 and not self.past and weeks == 0
        return self.said - timedelta(self.said.weekday()) + timedelta(7 * (weeks + late))


def resolve(
    words: str, said: date, *, now: date | None = None, past: bool = False, month_first: bool | None = None
) -> DayRead | None:
    """The day of ``words`` said on ``said``; ``past``: they tell of what has been, else of what will be.

    ``now``: the day of 'today' and 'tomorrow', where the notes were written later than what they tell was said.
    ``month_first``: how '3/4' is written where the notes come from, None where nobody knows.
    """
    reading = _Reading(
        said, now or said, past and not re.search(r"\b(?:next|tomorrow|tmrw|coming)\b", words.lower()), month_first
    )
    tokens = _tokens(words, reading)
    if tokens and tokens[-1].text in ("after", "following") and tokens[-2:][0].kind in "WUN":
        tokens = tokens[:-2]  # 'the Monday after': after what stands elsewhere
    for pattern, rule in _rules():
        tokens = _folded(tokens, pattern, rule, reading)
    days = [t for t in tokens if t.day]
    if not days or any(t.kind == "U" and t.text == "day" for t in tokens):
        return None  # 'the Friday before Founders' Day': of a day that no calendar here knows
    kinds = "".join(t.kind for t in tokens)
    turn = max(kinds.rfind("c"), kinds.rfind("i"))
    if turn >= 0 and "D" in kinds[turn:]:
        days = [t for t in tokens[turn:] if t.day]  # 'Thursday no wait Friday', 'in a fortnight, so the 19th'
    vague = [t.day for t in days if t.day and not t.exact]
    low = f" {words.lower()}"
    if vague and not reading.past:
        days = [_within(t, max(vague), after="after" in low, within=" in " in low) for t in days]
    days = [t for t in days if t.exact] or days
    chosen = days[-1] if reading.past else max(days, key=lambda t: t.day or date.min)
    assert chosen.day is not None
    others = tuple(sorted({d for d in reading.others if d != chosen.day}))
    return DayRead(chosen.day, others, chosen.exact, reading.mismatch)


def _within(token: _Token, frame: date, *, after: bool, within: bool) -> _Token:
    """'Before month end, that Friday': a weekday beside a vaguer word is the one there, not the next to come."""
    if not token.weekday or token.day is None or token.day + timedelta(3) >= frame:
        return token
    back = (frame.weekday() - token.day.weekday()) % 7
    late = after or (within and back > 3)  # 'in a week, Friday probably': the nearest one
    return replace(token, day=frame + timedelta(7 - back) if late else frame - timedelta(back))


def _folded(tokens: list[_Token], pattern: re.Pattern[str], rule: Rule, reading: _Reading) -> list[_Token]:
    at = 0
    while found := pattern.search("".join(t.kind for t in tokens), at):
        a, b = found.span()
        day = rule(reading, tokens[a:b])
        if day is not None:
            tokens = [
                *tokens[:a],
                _Token(
                    "D",
                    text=" ".join(t.text for t in tokens[a:b]),
                    day=day,
                    exact=rule in _EXACT,
                    weekday=rule is _weekday,
                ),
                *tokens[b:],
            ]
        at = a + 1
    return tokens


# --- words → tokens ---------------------------------------------------------------------------------------------------

_ISO = re.compile(r"\b(20\d\d)([-/.]?)(\d\d?)\2(\d\d?)(?:t\d+)?(?!\d)")
_FIGURES = re.compile(r"(?<![\d/.:])(\d{1,2})([/.-])(\d{1,2})(?:\2(20\d\d|\d\d)|\.)?(?![\d/%:]|\s?[ap]m)")
_WHOLE = re.compile(r"\d[/.-]\d{1,2}[/.-]\d\d")
_DATED = re.compile(
    r"day\b|§|\b(?:mon|tues?|weds?|thurs?|fri|sat|sun|yest|morning|afternoon)\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
)
_CLOCK = re.compile(
    r"\b\d{1,2}(?:[:.]\d\d)?\s*(?:-|–|to)\s*\d{1,2}(?:[:.]\d\d)?\s*[ap]\.?m\b|\b\d{1,2}[:.]\d\d\s*(?:[ap]\.?m)?\b|\b\d{1,2}\s*(?:[ap]\.?m\b|o'?clock)|\b[01]\d[0-5]\d\b(?!-)|\b\d{1,2}h(?:\d\d)?\b|(?:\bat|@)\s*\d{1,2}\b(?!(?:st|nd|rd|th))"
)
_TOKEN = re.compile(r"§\d+|'\d\d\b|\d+(?:st|nd|rd|th)?|quarter\d|w/c|w/e|[a-z]+(?:'[a-z]+)?|[-–/&,;(]")


def _tokens(words: str, reading: _Reading) -> list[_Token]:
    text = f" {' '.join(words.lower().replace('’', chr(39)).split())} "
    days: list[date] = []

    def kept(day: date | None, words: str) -> str:
        if day is None:
            return words
        days.append(day)
        return f" §{len(days) - 1} "

    text = _ISO.sub(lambda m: kept(_date(int(m[1]), int(m[3]), int(m[4])), m[0]), text)
    told = bool(_DATED.search(text) or _WHOLE.search(text))  # '10.30' beside a day is a time
    text = _FIGURES.sub(
        lambda m: (
            kept(_by_figures(reading, m), m[0]) if _is_day(m, told=told) else " " if told and m[2] == "." else m[0]
        ),
        text,
    )
    text = _CLOCK.sub(" ", text)
    for long in sorted(FEASTS, key=len, reverse=True):
        if long in text:
            text = re.sub(rf"\b{re.escape(long)}(?:'s)?\b", _keeping(reading, long, kept), text)
    for pattern, short in _SAID_SHORTER:
        text = re.sub(pattern, short, text)
    text = re.sub(r"\b(twenty|thirty)[- ]([a-z]+)\b", _compound, text)
    text = re.sub(
        r"(?<=\d)(?=(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|d|w))|(?<=[a-z]{3})(?=\d)(?<!quarter)", " ", text
    )
    text = (
        re.sub(r"([a-z]),(?= (?:the )?(?:\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))", r"\1", text)
        if not re.search(r"week|fortnight|month|days?,|mid|end|before|early", text)
        else text
    )
    text = re.sub(
        r"\b([a-z]*day|mon|tues?|weds?|thurs?|fri|sat|sun),(?= (?:the )?\d)|,(?= (?:20\d\d|next|of)\b)", r"\1 ", text
    )
    out = [t for word in _TOKEN.findall(text) if (t := _token(word, days, reading))]
    return [
        t for t, after in zip(out, [*out[1:], None], strict=False) if t.text != "a" or (after and after.kind in "UhW")
    ]


def _keeping(reading: _Reading, feast: str, kept: Callable[[date | None, str], str]) -> Callable[[re.Match[str]], str]:
    return lambda m: kept(_feast(reading, feast), m[0])


def _compound(m: re.Match[str]) -> str:
    tens = 20 if m[1] == "twenty" else 30
    if m[2] in _ORDINALS[:9]:
        return f"{tens + _ORDINALS.index(m[2]) + 1}th"
    return str(tens + _SMALL.index(m[2]) + 1) if m[2] in _SMALL[:9] else m[0]


def _token(word: str, days: list[date], reading: _Reading) -> _Token | None:
    bare = word.removesuffix("'s").removesuffix("s'").strip("'")
    if word[0] == "§":
        return _Token("D", text=word, day=days[int(word[1:])], exact=True)
    if word[0] == "'" and word[1:].isdigit():
        return _Token("Y", 2000 + int(word[1:]), word)
    if word.isdigit():
        return _Token("Y" if word.startswith("20") and len(word) == 4 else "N", int(word), word)
    if word[0].isdigit() or word in _ORDINALS:
        return _Token("O", _ORDINALS.index(word) + 1 if word in _ORDINALS else int(re.sub(r"\D", "", word)), word)
    if word in _SMALL or word in ("a", "an", "thirty", "dozen"):
        return _Token(
            "N",
            {"a": 1, "an": 1, "thirty": 30, "dozen": 12}.get(word) or _SMALL.index(word) + 1,
            "a" if word in ("a", "an") else word,
        )
    bare = next((w for w in ("today", "tonight", "tomorrow", "yesterday") if len(bare) > 4 and _slipped(bare, w)), bare)
    if bare in _FROM_TODAY:
        return _Token("D", text=bare, day=reading.now + timedelta(_FROM_TODAY[bare]))
    if word in ("said", "unsaid", ",", ";", "("):
        return _Token({"said": "s", "unsaid": "x"}.get(word, ","), text=word)
    if bare in _UNIT:
        return _Token("U", text=_UNIT[bare])
    if word.startswith("quarter"):
        return _Token("q", int(word[7:]), word)
    if bare in _KIND:
        return _Token(_KIND[bare], text=bare)
    number = _named(bare, _WEEKDAYS, _WEEKDAY_NAMES)
    if number is not None:
        return _Token("W", number, word)
    number = _named(bare, _MONTHS, _MONTH_NAMES)
    return None if number is None else _Token("M", number + 1, word)


def _slipped(word: str, right: str) -> bool:
    """Right but for one slip of the keyboard."""
    if word[0] != right[0] or abs(len(word) - len(right)) > 1 or word == right:
        return False
    if len(word) == len(right):
        return sorted(word) == sorted(right)
    return Levenshtein.distance(word, right) == 1


def _named(word: str, short: tuple[str, ...], long: tuple[str, ...]) -> int | None:
    """'tues', 'wednesdy', 'Sept': begins like the name and is as good as a beginning of it, or is one slip off."""
    for n, (start, name) in enumerate(zip(short, long, strict=True)):
        if word.startswith(start) and (
            name.startswith(word) or word.rstrip("s") in (start, start + "r", start + "rs", name)
        ):
            return n
    for n, name in enumerate(long):
        if len(word) > 4 and _slipped(word, name):
            return n
    return (
        {"th": 3, "thr": 3, "mo": 0, "tu": 1, "weds": 2, "munday": 0, "tuseday": 1}.get(word)
        if short is _WEEKDAYS
        else None
    )


def _is_day(m: re.Match[str], *, told: bool) -> bool:
    a, b = int(m[1]), int(m[3])
    if told and m[2] == "." and not m[4] and len(m[3]) == 2 and a < 24 and b % 5 == 0:
        return False  # a time: nobody is asked to come at eleven past eleven
    return (
        max(a, b) <= 31
        and min(a, b) in range(1, 13)
        # '10-12' alone is a time, '30-04' is not; '27.3' is a day, '9.30' was looked at above.
        and (m[2] != "-" or m[4] is not None or (m[0] == m.string.strip() and "0" in (m[1][0], m[3][0])))
    )


def _by_figures(r: _Reading, m: re.Match[str]) -> date | None:
    """'3/4' in both orders; the likelier first by what the notes' country writes, the later where nothing tells."""
    year = None if not m[4] else int(m[4]) + (2000 if len(m[4]) == 2 else 0)
    day_first, month_first = r.dated(int(m[1]), int(m[3]), year), r.dated(int(m[3]), int(m[1]), year)
    if m[2] == "." and day_first:
        return day_first
    both = sorted({d for d in (day_first, month_first) if d})
    near = [d for d in both if abs(d - r.said) <= _SOON and (d <= r.said + timedelta(7) if r.past else d >= r.said)]
    if len(near) == 2:
        r.others += near
        return max(near) if r.month_first is None else month_first if r.month_first else day_first
    return near[0] if near else both[0] if both else None


def _feast(r: _Reading, name: str) -> date | None:
    days = sorted(d for year in (r.said.year - 1, r.said.year, r.said.year + 1) for d in feast_days(FEASTS[name], year))
    if r.past:
        return max((d for d in days if d <= r.said), default=None)
    return min((d for d in days if d >= r.said), default=None)


# --- calendar ---------------------------------------------------------------------------------------------------------


def _date(year: int, month: int, day: int) -> date | None:
    return date(year, month, day) if 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1] else None


def _next(day: date, weekday: int) -> date:
    """The first such weekday after ``day``."""
    return day + timedelta((weekday - day.weekday() - 1) % 7 + 1)


def _end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _later(day: date, count: float, unit: str) -> date:
    if unit == "workday":
        for _ in range(int(count)):
            day += timedelta({4: 3, 5: 2}.get(day.weekday(), 1))
        return day
    if unit == "month":
        year, month = divmod(day.year * 12 + day.month - 1 + int(count), 12)
        return min(_end(date(year, month + 1, 1)), date(year, month + 1, 1) + timedelta(day.day - 1))
    if unit == "hour":
        return day + timedelta(-(-int(count) // 24) if count > 12 else 0)
    return day + timedelta(round(count * {"day": 1, "week": 7, "fortnight": 14, "quarter": 91, "year": 365}[unit]))


# --- rules ------------------------------------------------------------------------------------------------------------

Rule = Callable[[_Reading, list[_Token]], "date | None"]


def _of(tokens: list[_Token], kind: str) -> _Token | None:
    return next((t for t in tokens if t.kind == kind), None)


def _value(tokens: list[_Token], kind: str, default: int = 1) -> int:
    found = _of(tokens, kind)
    return found.value if found else default


def _day_of_month(r: _Reading, t: list[_Token]) -> date | None:
    """'Tues 3 Nov 2026', 'the 3rd of November', 'Nov 3-5' (the last of them)."""
    numbers = [x.value for x in t if x.kind in "NO"]
    day = r.dated(numbers[-1], _value(t, "M"), _value(t, "Y", 0) or None)
    weekday = _of(t, "W")
    r.mismatch |= bool(day and weekday and weekday.value != day.weekday())
    return day


def _nth_weekday(r: _Reading, t: list[_Token]) -> date | None:
    month = _of(t, "M")
    first = (r.dated(28, month.value) if month else r.said) or r.said
    number, nth = _value(t, "W"), _of(t, "O")
    if nth is None:
        return _end(first) - timedelta((_end(first).weekday() - number) % 7)
    return _next(first.replace(day=1) - timedelta(1), number) + timedelta(7 * (nth.value - 1))


def _week_of_month(r: _Reading, t: list[_Token]) -> date | None:
    """The Friday of 'the first week of June': the first one that leaves room for a week before it."""
    first = (r.dated(28, _value(t, "M")) or r.said).replace(day=1)
    if _of(t, "l"):
        return _end(first) - timedelta((_end(first).weekday() - 4) % 7)
    friday = _next(first - timedelta(1), 4)
    return friday + timedelta(7 * (_value(t, "O") - 1 + (friday.day < 4)))


def _part_of_month(r: _Reading, t: list[_Token]) -> date | None:
    month, part = _of(t, "M"), t[0].text
    first = (
        (
            r.dated(15 if part == "mid" else 28, month.value, _value(t, "Y", 0) or None)
            if month
            else _later(r.said, bool(_of(t, "n")), "month")
        )
        or r.said
    ).replace(day=1)
    if part in ("mid", "middle"):
        return first.replace(day=15)
    return first.replace(day=10) if part in ("early", "beginning", "start") else _end(first)


def _half_of_month(r: _Reading, t: list[_Token]) -> date | None:
    first = (r.dated(28, _value(t, "M")) or r.said).replace(day=1)
    return first.replace(day=15) if _value(t, "O", 2) == 1 else _end(first)


def _month(r: _Reading, t: list[_Token]) -> date | None:
    day = r.dated(28, _value(t, "M"), _value(t, "Y", 0) or None)
    return None if t[-1].text == "may" and len(t) == 1 else day and _end(day)


def _end_of_year(r: _Reading, t: list[_Token]) -> date | None:
    unit = t[-1].text
    return date(r.said.year, 12, 31) if unit == "year" else _end(date(r.said.year, (r.said.month + 2) // 3 * 3, 1))


def _quarter(r: _Reading, t: list[_Token]) -> date | None:
    return r.dated(_end(date(r.said.year, 3 * _value(t, "q"), 1)).day, 3 * _value(t, "q"))


def _weeks_on(t: list[_Token]) -> int:
    kinds = "".join(x.kind for x in t)
    return 2 if "an" in kinds else 1 if "n" in kinds or "a" in kinds else -1 if "l" in kinds else 0


def _week(r: _Reading, t: list[_Token]) -> date | None:
    """A week is its Friday, since what is promised may come on its last day."""
    if t[-1].text != "week" and t[0].kind != "U" and not any(x.text == "week" for x in t):
        return None
    part = _of(t, "p")
    back = (
        0
        if part is None
        else 3
        if part.text in ("early", "beginning", "start")
        else 2
        if part.text in ("mid", "middle")
        else 0
    )
    return r.monday(_weeks_on(t)) + timedelta(4 - back)


def _weekday_of_week(r: _Reading, t: list[_Token]) -> date | None:
    return r.monday(_weeks_on(t)) + timedelta(_value(t, "W")) if any(x.text == "week" for x in t) else None


def _day_of_week(r: _Reading, t: list[_Token]) -> date | None:
    """'this day next week', 'this time next week'."""
    return r.said + timedelta(7) if t[0].text == "today" and t[-1].text == "week" else None


def _beside(r: _Reading, t: list[_Token]) -> date | None:
    """'The Friday after Easter', 'the Tuesday before the 9th'."""
    day, number = t[-1].day or r.said, _value(t, "W")
    return day - timedelta((day.weekday() - number - 1) % 7 + 1) if _of(t, "b") else _next(day, number)


def _week_beside(r: _Reading, t: list[_Token]) -> date | None:
    day = t[-1].day or r.said
    weeks = {"a": 1, "b": -1}.get(t[1].kind, 0)
    return day - timedelta(day.weekday()) + timedelta(4 + 7 * weeks) if t[0].text == "week" else None


def _week_of(r: _Reading, t: list[_Token]) -> date | None:
    return _week_beside(r, t) if t[1].text == "of" else None


def _after_next(r: _Reading, t: list[_Token]) -> date | None:
    return None if r.past else r.weekday(t[0].value) + timedelta(7)


def _weekday(r: _Reading, t: list[_Token]) -> date | None:
    kinds, number = "".join(x.kind for x in t), _value(t, "W")
    if "l" in kinds:
        return r.now - timedelta((r.now.weekday() - number - 1) % 7 + 1)
    day = r.weekday(number)
    asks = next((x for x in t if x.kind == "n"), None)
    if asks and asks.text in ("next", "nxt") and "t" not in kinds and not r.past and day < r.monday(1):
        r.others.append(day)
        return day + timedelta(7)
    return day


def _and_weeks(r: _Reading, t: list[_Token]) -> date | None:
    """'Friday week', 'Thursday fortnight', 'two weeks from today', 'a week on Friday', 'two days after that'."""
    unit, count, day = _of(t, "U"), float(_value(t, "N")), _of(t, "D")
    if unit is None or (unit.text == "day" and t[0].kind == "D"):
        return None
    if _of(t, "h"):
        count += 0.5
    start = day.day if day and day.day else r.said
    return start - timedelta(count) if _of(t, "b") and unit.text == "day" else _later(start, count, unit.text)


def _in_weeks(r: _Reading, t: list[_Token]) -> date | None:
    """'Friday in a fortnight': that many weeks after the coming one."""
    unit = _of(t, "U")
    if t[0].kind != "D" or t[1].text != "in" or unit is None or t[0].day is None:
        return None
    return _later(t[0].day, _value(t, "N"), unit.text) if unit.text in ("week", "fortnight") else None


def _counted(r: _Reading, t: list[_Token]) -> date | None:
    numbers = [x.value for x in t if x.kind == "N"]
    unit = _of(t, "U")
    assert unit is not None
    count = (numbers[-1] if numbers else 1) + (0.5 if _of(t, "h") else 0)
    if _of(t, "x") or t[-1].text == "after" or (unit.text == "day" and not numbers):
        return None
    if _of(t, "g"):
        return _later(r.now, -count, unit.text) if unit.text != "workday" else None
    return _later(r.said, max(count, 2 if t[-1].kind in "No" else count), unit.text)


def _ordinal(r: _Reading, t: list[_Token]) -> date | None:
    number, weekday = [x.value for x in t if x.kind in "NO"][-1], _of(t, "W")
    months = [_later(r.said.replace(day=1), k, "month") for k in range(-3, 4)]
    days = [d for first in months if (d := _date(first.year, first.month, number))]
    fitting = [d for d in days if weekday is not None and d.weekday() == weekday.value and abs(d - r.said).days < 62]
    if weekday is not None and not any(d <= r.said if r.past else d >= r.said for d in fitting):
        r.mismatch = True
    elif weekday is not None:
        days = fitting
    if r.past:
        return max((d for d in days if d <= r.said), default=None)
    return min((d for d in days if d >= r.said), default=None)


def _weekend(r: _Reading, t: list[_Token]) -> date | None:
    sunday = r.monday(1 if _of(t, "n") else 0) + timedelta(6 if not r.past else -1)
    if _of(t, "b"):
        return sunday - timedelta(2)
    return sunday + timedelta(1) if _of(t, "a") else sunday


def _after(r: _Reading, t: list[_Token]) -> date | None:
    """'After Easter' is no earlier than the Friday behind it; 'after one week' is no later than that."""
    if not t[-1].exact:
        return t[-1].day
    return _next(t[-1].day or r.said, 4)


def _day_before(r: _Reading, t: list[_Token]) -> date | None:
    """'Before Christmas' for a feast; 'before the 9th' means by then."""
    day = t[-1].day or r.said
    return day - timedelta(1) if t[-1].text.startswith("§") else day


_EXACT = (_day_of_month, _nth_weekday, _ordinal, _weekday, _weekday_of_week, _beside, _after_next)


@cache
def _rules() -> tuple[tuple[re.Pattern[str], Rule], ...]:
    table: list[tuple[str, Rule]] = [
        (r"Of?Wf?(?:M|t?U)|lWf?(?:M|t?U)", _nth_weekday),
        (r"W?(?:[NO]o)?[NO]f?MY?", _day_of_month),
        (r"W?M[NO](?:o[NO])?Y?", _day_of_month),
        (r"p?f?[Ol]Uf?M", _week_of_month),
        (r"[OpN]?hf?M", _half_of_month),
        (r"pf?MY?", _part_of_month),
        (
            r"pf?[nt]?U(?<=.)",
            lambda r, t: (
                _part_of_month(r, t)
                if t[-1].text == "month"
                else _end_of_year(r, t)
                if t[-1].text in ("year", "quarter")
                else None
            ),
        ),
        (r"D[nt]U|DUn", _day_of_week),
        (r"W[ft]*(?:Uan|Ua|UW|nU|lU)|Wft?U|[ntl]U,?i?f?W|UnW", _weekday_of_week),
        (r"pf?(?:t|n)*U(?:an?)?|[nt]+U(?:an)?|Uan|(?<!N)Ua$|Un|lU", _week),
        (r"Wan(?!U)|Wa(?:tW?|s)?$|Wats?", _after_next),
        (r"W[ab]D", _beside),
        (r"(?<!N)U[abk]D", _week_beside),
        (r"(?<![NO])UfD", _week_of),
        (r"W?O(?!U)|WN(?!U)|O(?=oO)", _ordinal),
        (r"(?<=,)N$", lambda r, t: None if r.past else _ordinal(r, t)),
        (r"(?<![NO])UfD", _week_of),
        (r"b?[nt]?ea?|a[nt]?e", _weekend),
        (r"[nlt]*W[nl]?(?!N?U$)|[nlt]*W[nl]?(?=N?U)", _weekday),
        (r"DfNU", _in_weeks),
        (r"N?hU[fa]*D|NU[fab]*D|DN?U|UfD|UD(?!U)", _and_weeks),
        (r"NUoN|NoNU|NhU|NU(?:N?h)?[af]*[sx]?g?|U(?=$)", _counted),
        (r"aD", _after),
        (r"bD", _day_before),
        (r"q", _quarter),
        (r"MY?", _month),
    ]
    return tuple((re.compile(pattern), rule) for pattern, rule in table)


def clock(words: str) -> time | None:
    """The time of day among the words of a day: 'today 2pm', 'at 14:30', '10.30'."""
    text = words.lower()
    text = re.sub(
        r"(?<![\d/.:-])(\d{1,2}(?:[:.]\d\d)?)\s*(?:-|–|to)\s*\d{1,2}(?:[:.]\d\d)?\s*([ap])\.?m\b", r"\1\2m", text
    )
    iso = re.search(r"\d{8}t(\d\d)(\d\d)", text)
    plain = (
        iso
        or re.search(r"(?<![\d/.:-])(\d{1,2})(?:[:.h](\d\d))?\s*([ap])\.?m\b", text)
        or re.search(r"(?<![\d/.:-])(\d{1,2}):(\d\d)(?![\d/])", text)
    )
    plain = plain or re.search(r"(?:\bat|@)\s*(\d{1,2})(?:[.:](\d\d))?(?![\d/]|\s*(?:st|nd|rd|th))", text)
    if plain is None:
        return time(12) if re.search(r"\b(?:noon|midday)\b", text) else None
    half = plain[3] if plain.re.groups > 2 else ""
    hour, minute = int(plain[1]), int(plain[2] or 0)
    if (half == "p" and hour < 12) or (not half and not iso and 1 <= hour <= 6):
        hour += 12  # nobody interviews at three in the night
    return time(hour % 24 if not (half == "a" and hour == 12) else 0, minute) if minute < 60 else None
