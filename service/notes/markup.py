"""Notes pasted as HTML, with the tags of formatting blanked out in place: every word keeps its offset in what was pasted."""

from __future__ import annotations

import html
import re

# Tags of formatted text alone: '<3', 'Ada <ada@firm.example>' and 'a < b' are no markup, and scripts and
# comments stay as they are, to be set aside as what no person writes in notes.
_TAG = re.compile(
    r"</?(?P<name>p|br|hr|div|span|section|article|ul|ol|li|b|i|u|s|em|strong|mark|small|h[1-6]|table|thead|tbody|tr|td|th|a|font"
    r"|blockquote|pre|code|html|body|sub|sup)\b[^<>\n]{0,300}>",
    re.IGNORECASE,
)
# Each of these ends a line.
_BLOCKS = frozenset(
    ("p", "div", "section", "article", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "pre")
)
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8});", re.IGNORECASE)


def without_markup(notes: str) -> str:
    """``notes`` at the same length: tags as spaces, list items as bullets, '&ndash;' as '–'."""
    if "<" not in notes and "&" not in notes:
        return notes
    notes = _TAG.sub(_as_blank, notes)
    return _ENTITY.sub(_as_character, notes)


def _as_blank(tag: re.Match[str]) -> str:
    name, closes = tag["name"].lower(), tag[0].startswith("</")
    if name == "li" and not closes:
        return "\n- ".ljust(len(tag[0]))
    return ("\n" if name == "br" or (closes and name in _BLOCKS) else "").ljust(len(tag[0]))


def _as_character(entity: re.Match[str]) -> str:
    character = html.unescape(entity[0])
    return character.ljust(len(entity[0])) if len(character) == 1 else entity[0]
