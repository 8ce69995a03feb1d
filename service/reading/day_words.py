"""The words of a day → a row of tokens, each of a kind that one letter names."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

from rapidfuzz.distance import Levenshtein

from service.reading.day_saying import Saying, Token, date_of
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
    "tomoro": 1, "tomorow": 1, "2moro": 1, "2day": 0, "tdy": 0, "2nite": 0, "y'day": -1, "tom": 1, "yesterday": -1, "yday": -1, "yest": -1, "yesterdays": -1, "tday": 0, "ystrday": -1, "ystdy": -1,
    "ystd": -1, "ystday": -1, "ydy": -1, "ytd": -1,
}  # fmt: skip
# Longer wordings that mean what a shorter one does.
_SAID_SHORTER = (
    (r"\b2(?=day\b|moro\b|nite\b)", "to"),
    (r"\bb4\b", " before "),
    (r"\bago today\b", " ago "),
    (r"\bfirst thing\b|\ball day\b", " "),
    (r"\bthe (\d{1,2})(?=\s*(?:$|[,;)]))", r" \1th "),
    (r"\b(early|mid|late)-", r"\1 "),
    (r"\b(?:working|business|work|wkg|bus\.?|office) days?\b|\bwd\b", " workday "),
    (r"\b(?:couple|cpl)(?: of)?\b", " 2 "),
    (r"\b(?:few)\b", " 3 "),
    (r"\b(?:this|thsi|earlier this|just this) (?:morning|mornin|morn|forenoon|afternoon|evening|arvo|avo|lunchtime|dinner ?time|dinner|aft|noon|eve|a\.?m|p\.?m)\b\.?|\bjust (?:now|out|off|back|had|got|finished|done|met)\b", " today "),
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
    (r"\bon or before\b|\bnot before\b|\bbefore (?=the end|end|[a-z]+ (?:is|runs) (?:out|over))", " "),
    (r"\b(?:the )?interview\b|\bthe (?:meeting|sitting|day)\b(?= *$)", " said "),
    (r"\bthat is\b|\bi\.e\.", " ie "),
    (r"\bthat\b(?= *$)", " unsaid "),
    (r"\b(?:no|not) later(?: than)?\b|\bat the (?:very )?latest\b|\blatest\b", " "),
    (r"\bsame day\b|\bthis (?:day|time)\b", " today "),
    (r"\bw/in\b", " within "),
    (r"\bq([1-4])\b", r" quarter\1 "),
)  # fmt: skip
_SOON = timedelta(days=150)  # of two readings of '3/4', one that lies further off is not meant

_ISO = re.compile(r"\b(20\d\d)([-/.]?)(\d\d?)\2(\d\d?)(?:t\d+)?(?!\d)")
_FIGURES = re.compile(r"(?<![\d/.:])(\d{1,2})([/.-])(\d{1,2})(?:\2(20\d\d|\d\d)|\.)?(?![\d/%:]|\s?[ap]m)")
_WHOLE = re.compile(r"\d[/.-]\d{1,2}[/.-]\d\d")
_DATED = re.compile(
    r"day\b|§|\b(?:mon|tues?|weds?|thurs?|fri|sat|sun|yest|morning|afternoon|evening|night|tonight)\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b"
)
_CLOCK = re.compile(
    r"""
      \b\d{1,2}(?:[:.]\d\d)?\s*(?:-|–|to)\s*\d{1,2}(?:[:.]\d\d)?\s*[ap]\.?m\b  # 2-3.30pm
    | \b\d{1,2}[:.]\d\d\s*(?:[ap]\.?m)?\b                                      # 14:30, 2.30 pm
    | \b\d{1,2}\s*(?:[ap]\.?m\b|o'?clock)                                      # 2pm, 2 o'clock
    | \b(?:half|quarter)\s+(?:past|to)\s+\w+                                   # half past two
    | \b[01]\d[0-5]\d\b(?!-)                                                   # 1430
    | \b(?:[01]?\d|2[0-3])h(?:\d\d)?\b                                          # 14h, 14h00; '48h' are two days
    | (?:\bat|@)\s*\d{1,2}\b(?!(?:st|nd|rd|th)|[:.]\d)                         # at 2
    """,
    re.VERBOSE,
)
_TOKEN = re.compile(r"§\d+|'\d\d\b|\d+(?:st|nd|rd|th)?|quarter\d|w/c|w/e|[a-z]+(?:'[a-z]+)?|[-–/&,;(]")


def tokens_of(words: str, reading: Saying) -> list[Token]:
    text = f" {' '.join(words.lower().replace('’', chr(39)).replace('§', ' ').split())} "
    days: list[date] = []

    def kept(day: date | None, words: str) -> str:
        if day is None:
            return words
        days.append(day)
        return f" §{len(days) - 1} "

    text = _ISO.sub(lambda m: kept(date_of(int(m[1]), int(m[3]), int(m[4])), m[0]), text)
    # '10.30' beside a day is a time, 'tody 9.30' too
    told = bool(_DATED.search(text) or _WHOLE.search(text)) or any(_from_today(w) is not None for w in text.split())
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


def _keeping(reading: Saying, feast: str, kept: Callable[[date | None, str], str]) -> Callable[[re.Match[str]], str]:
    return lambda m: kept(_feast(reading, feast, ahead=m.string[: m.start()].endswith(" before ")), m[0])


def _compound(m: re.Match[str]) -> str:
    tens = 20 if m[1] == "twenty" else 30
    if m[2] in _ORDINALS[:9]:
        return f"{tens + _ORDINALS.index(m[2]) + 1}th"
    return str(tens + _SMALL.index(m[2]) + 1) if m[2] in _SMALL[:9] else m[0]


def _token(word: str, days: list[date], reading: Saying) -> Token | None:
    bare = word.removesuffix("'s").removesuffix("s'").strip("'")
    if word[0] == "§":
        return Token("D", text=word, day=days[int(word[1:])], exact=True)
    if word[0] == "'" and word[1:].isdigit():
        return Token("Y", 2000 + int(word[1:]), word)
    if word.isdigit():
        return Token("Y" if word.startswith("20") and len(word) == 4 else "N", int(word), word)
    if word[0].isdigit() or word in _ORDINALS:
        return Token("O", _ORDINALS.index(word) + 1 if word in _ORDINALS else int(re.sub(r"\D", "", word)), word)
    if word in _SMALL or word in ("a", "an", "thirty", "dozen"):
        return Token(
            "N",
            {"a": 1, "an": 1, "thirty": 30, "dozen": 12}.get(word) or _SMALL.index(word) + 1,
            "a" if word in ("a", "an") else word,
        )
    away = _from_today(bare)
    if away is not None:
        return Token("D", text=bare, day=reading.now + timedelta(away))
    if word in ("said", "unsaid", ",", ";", "("):
        return Token({"said": "s", "unsaid": "x"}.get(word, ","), text=word)
    if bare in _UNIT:
        return Token("U", text=_UNIT[bare])
    if word.startswith("quarter"):
        return Token("q", int(word[7:]), word)
    if bare in _KIND:
        return Token(_KIND[bare], text=bare)
    number = _named(bare, _WEEKDAYS, _WEEKDAY_NAMES)
    if number is not None:
        return Token("W", number, word)
    number = _named(bare, _MONTHS, _MONTH_NAMES)
    return None if number is None else Token("M", number + 1, word)


def _from_today(word: str) -> int | None:
    """Days from today of 'tomorrow' and 'tomorow'; None for what is no such word."""
    word = next((w for w in ("today", "tonight", "tomorrow", "yesterday") if len(word) > 3 and _slipped(word, w)), word)
    return _FROM_TODAY.get(word)


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


def _by_figures(r: Saying, m: re.Match[str]) -> date | None:
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


def _feast(r: Saying, name: str, *, ahead: bool) -> date | None:
    """The coming one, of what has been the last one; ``ahead``: 'the Tuesday before Easter' has been where Easter has not."""
    days = sorted(d for year in (r.said.year - 1, r.said.year, r.said.year + 1) for d in feast_days(FEASTS[name], year))
    if r.past and ahead:
        return min(days, key=lambda d: abs(d - r.said), default=None)
    if r.past:
        return max((d for d in days if d <= r.said), default=None)
    return min((d for d in days if d >= r.said), default=None)
