"""Formatting and subtitles are blanked at the same length: every word keeps its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.reading.markup import without_markup


@pytest.mark.parametrize(
    ("notes", "shown"),
    [
        ("<p>Met <b>Omar</b></p>", "Met Omar"),
        ("<ul><li>3 kilns</li><li>900 tiles</li></ul>", "- 3 kilns - 900 tiles"),
        ("9 &ndash; 5", "9 – 5"),
        ("<v Dana Whitlock>forty vans</v>", "Dana Whitlock: forty vans"),
        ("WEBVTT\n\nab12/24-0\n00:00:13.300 --> 00:00:19.870\n<v Dana>hi</v>", "Dana: hi"),
        ("1\n00:00:10,200 --> 00:00:17,900 align:start\nDana: hi", "Dana: hi"),
        ("Dana Whitlock  0:45\nForty vans.\n\nSam [00:01:10]\nHi.", "Dana Whitlock: Forty vans. Sam: Hi."),
        ("Tuesday 10:30\nForty vans.", "Tuesday 10:30 Forty vans."),
        ("Ada <ada@firm.example>, 3 < 4 & <3", "Ada <ada@firm.example>, 3 < 4 & <3"),
    ],
)
def test_what_is_left_of_markup(notes: str, shown: str) -> None:
    plain = without_markup(notes)
    assert " ".join(plain.split()) == shown
    assert len(plain) == len(notes)


@given(st.text(alphabet="<>/v pbrli&;#amp0123456789:.->\n Ada", max_size=80))
def test_any_text_keeps_its_length(notes: str) -> None:
    assert len(without_markup(notes)) == len(notes)
