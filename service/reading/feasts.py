"""The days of feasts that people reckon by: from a library's calendars, and what Easter and fixed dates give."""

from __future__ import annotations

import warnings
from datetime import date, timedelta
from functools import cache

# What people call a feast → the name under which the calendars below have it.
FEASTS = {
    "thanksgiving": "thanksgiving day", "turkey day": "thanksgiving day", "christmas": "christmas day", "xmas": "christmas day", "christmas day": "christmas day",
    "xmas day": "christmas day", "boxing day": "boxing day", "st stephen's day": "boxing day", "new year's day": "new year's day", "new year's": "new year's day",
    "new year": "new year's day", "new years": "new year's day", "new yr": "new year's day", "good friday": "good friday", "easter monday": "easter monday",
    "easter sunday": "easter", "easter weekend": "easter", "easter": "easter", "maundy thursday": "maundy thursday", "whitsun": "pentecost", "whit sunday": "pentecost",
    "pentecost": "pentecost", "whit monday": "pentecost monday", "ascension": "ascension day", "shrove tuesday": "shrove tuesday", "pancake day": "shrove tuesday",
    "mardi gras": "shrove tuesday", "ash wednesday": "ash wednesday", "labor day": "us labor day", "labour day": "us labor day", "memorial day": "memorial day",
    "columbus day": "columbus day", "mlk day": "martin luther king jr. day", "presidents day": "washington's birthday", "presidents' day": "washington's birthday",
    "veterans day": "veterans day", "juneteenth": "juneteenth national independence day", "fourth of july": "independence day", "4th of july": "independence day",
    "halloween": "halloween", "valentine's day": "valentine's", "valentines day": "valentine's", "valentine's": "valentine's",
    "valentines": "valentine's", "st patrick's day": "saint patrick's day", "st patrick's": "saint patrick's day", "paddy's day": "saint patrick's day",
    "paddys day": "saint patrick's day", "paddy's": "saint patrick's day", "st nicholas": "saint nicholas", "bonfire night": "bonfire night", "guy fawkes": "bonfire night", "all saints' day": "all saints' day",
    "all saints": "all saints' day", "christmas eve": "christmas eve", "xmas eve": "christmas eve", "new year's eve": "new year's eve", "nye": "new year's eve",
    "diwali": "diwali", "holi": "holi", "eid": "eid", "lunar new year": "chinese new year (spring festival)", "chinese new year": "chinese new year (spring festival)",
    "passover": "pesach", "rosh hashanah": "rosh hashanah", "yom kippur": "yom kippur", "australia day": "australia day", "anzac day": "anzac day",
    "canada day": "canada day", "bank holiday": "bank holiday", "martinmas": "martinmas", "michaelmas": "michaelmas", "epiphany": "epiphany",
    "twelfth night": "epiphany", "midsummer": "midsummer", "may day": "may day", "assumption": "assumption", "carnival": "shrove tuesday", "tiradentes": "tiradentes",
}  # fmt: skip
_FIXED = {
    "halloween": (10, 31), "valentine's": (2, 14), "bonfire night": (11, 5), "christmas eve": (12, 24), "new year's eve": (12, 31), "martinmas": (11, 11),
    "michaelmas": (9, 29), "epiphany": (1, 6), "midsummer": (6, 24), "all saints' day": (11, 1), "saint patrick's day": (3, 17), "boxing day": (12, 26),
    "independence day": (7, 4), "may day": (5, 1), "assumption": (8, 15), "tiradentes": (4, 21), "saint nicholas": (12, 6), "christmas day": (12, 25), "new year's day": (1, 1),
}  # fmt: skip
_FROM_EASTER = {
    "shrove tuesday": -47, "ash wednesday": -46, "maundy thursday": -3, "good friday": -2, "easter": 0, "easter monday": 1, "ascension day": 39,
    "pentecost": 49, "pentecost monday": 50,
}  # fmt: skip
_COUNTRIES = ("US", "GB", "IE", "IN", "CN", "AE", "IL", "CA", "AU")


def feast_days(name: str, year: int) -> tuple[date, ...]:
    """Every day of the year that goes by this name: a bank holiday has several."""
    if name in _FIXED:
        return (date(year, *_FIXED[name]),)
    if name in _FROM_EASTER:
        from dateutil.easter import easter

        return (easter(year) + timedelta(_FROM_EASTER[name]),)
    return _public(year).get(name, ())


@cache
def _public(year: int) -> dict[str, tuple[date, ...]]:
    import holidays

    out: dict[str, set[date]] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a year lies beyond what the calendars know: they go as far as they can
        for country in _COUNTRIES:
            for day, names in holidays.country_holidays(country, years=year, language="en_US").items():
                for name in names.lower().split("; "):
                    out.setdefault(_called(name, country), set()).add(day)
    last = date(year, 8, 31)
    out.setdefault("bank holiday", set()).add(
        last - timedelta(last.weekday())
    )  # England's, which the national calendar leaves out
    return {name: tuple(sorted(days)) for name, days in out.items()}


def _called(name: str, country: str) -> str:
    if name.startswith("eid al"):
        return "eid"
    if name == "labor day":
        return f"{country.lower()} labor day"
    return "bank holiday" if country == "GB" and ("bank holiday" in name or name == "may day") else name
