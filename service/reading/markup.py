"""Notes as plain text at the same length: what formatting and subtitles add is blanked, so that every word keeps its offset."""

from __future__ import annotations

import html
import re

# Tags of formatted text alone: '<3', 'Ada <ada@firm.example>' and 'a < b' are no markup.
_TAG = re.compile(
    r"</?(?P<name>p|br|hr|div|span|section|article|ul|ol|li|b|i|u|s|em|strong|mark|small|h[1-6]|table|thead|tbody|tr|td|th|a|font"
    r"|blockquote|pre|code|html|body|sub|sup|c)\b[^<>\n]{0,300}>",
    re.IGNORECASE,
)
# Each of these ends a line.
_BLOCKS = frozenset(
    ["p", "div", "section", "article", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "pre"]
)
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8});", re.IGNORECASE)
_VOICE = re.compile(r"<v(?:\.[\w.]+)? (?P<name>[^<>\n]{1,80})>|</v>")
_TIME = r"(?:\d{1,2}:)?\d{1,2}:\d{2}[.,]\d{3}"
# A cue's number or name and its times: 'ab12/18-0\n00:00:07.010 --> 00:00:12.000 align:start'.
_CUE = re.compile(rf"^(?:(?:\d+|[\w/-]*\d[\w/-]*)[ \t]*\r?\n)?{_TIME}[ \t]*-->[ \t]*{_TIME}[^\n]*$", re.MULTILINE)
# How meeting programs put the speaker and the time over what was said: 'Dana Whitlock  0:45' on a line of its own.
_STAMPED = re.compile(
    r"^(?P<name>[^\W\d][^\n:\d]{0,60}?)(?P<time>[ \t]+[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?[ \t]*\r?\n)(?=\S)",
    re.MULTILINE,
)
_VTT_HEAD = re.compile(r"\A\ufeff?WEBVTT[^\n]*")


def without_markup(notes: str) -> str:
    """``notes`` at the same length: tags as spaces, list items as bullets, '<v Ada>' and 'Ada  0:45' as 'Ada:', '&ndash;' as '–'."""
    if "-->" in notes:
        notes = _CUE.sub(_blank, _VTT_HEAD.sub(_blank, notes))
    if len(_STAMPED.findall(notes)) > 1:  # one alone may be a heading: 'Tuesday 10:30'
        notes = _STAMPED.sub(_as_speaker, notes)
    if "<" in notes:
        notes = _TAG.sub(_as_blank, _VOICE.sub(_as_label, notes))
    return _ENTITY.sub(_as_character, notes) if "&" in notes else notes


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\r\n]", " ", found[0])


def _as_label(voice: re.Match[str]) -> str:
    return f"{voice['name']}: ".rjust(len(voice[0])) if voice["name"] else " " * len(voice[0])


def _as_speaker(stamped: re.Match[str]) -> str:
    return f"{stamped['name']}:".ljust(len(stamped[0]))


def _as_blank(tag: re.Match[str]) -> str:
    name, closes = tag["name"].lower(), tag[0].startswith("</")
    if name == "li" and not closes:
        return "\n- ".ljust(len(tag[0]))
    return ("\n" if name == "br" or (closes and name in _BLOCKS) else "").ljust(len(tag[0]))


def _as_character(entity: re.Match[str]) -> str:
    character = html.unescape(entity[0])
    return character.ljust(len(entity[0])) if len(character) == 1 else entity[0]
