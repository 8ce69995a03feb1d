from __future__ import annotations

import pytest

from service.models.prefix import PrefixStripper


def strip(prefix: str, *pieces: str) -> str:
    stripper = PrefixStripper(prefix)
    return "".join([*(stripper.feed(p) for p in pieces), stripper.flush()])


@pytest.mark.parametrize(
    ("prefix", "pieces", "rest"),
    [
        ("What you said about", ("What you said about the depot.",), " the depot."),
        ("What you said about", ("Wh", "at you sa", "id about", " the depot."), " the depot."),
        ("What you said about", (' "what you said about', " the depot."), " the depot."),
        ("What you said about", ("the depot.",), " the depot."),
        ("What you said about", ("What you", " meant."), " What you meant."),
        ("What you said about ", ("What you said about the depot.",), "the depot."),
        ("What you said about", (", for one, the depot.",), ", for one, the depot."),
        ("What you said about", ("What you said about",), ""),
        ("What you said about", ("What you",), " What you"),
        ("", ("Thank", " you."), "Thank you."),
    ],
)
def test_what_is_left_continues_the_prefix(prefix, pieces, rest):
    assert strip(prefix, *pieces) == rest


def test_text_is_held_back_only_while_it_could_be_the_prefix():
    stripper = PrefixStripper("What you said")
    assert stripper.feed("What") == ""
    assert stripper.feed("ever") == " Whatever"
    assert stripper.feed(" it is") == " it is"
