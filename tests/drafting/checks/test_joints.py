"""A model that strings a telegram together leaves the strings showing."""

from __future__ import annotations

import pytest

from service.drafting.checks.joints import joints


@pytest.mark.parametrize(
    ("opening", "text", "check"),
    [
        ("What you said about", "What you said about the kiln room, you say it floods in May has stayed with me.", "comma_splice"),
        ("As I mentioned,", "As I mentioned, the blue page at Orrin, one side long, we read it aloud.", "comma_splice"),
        ("I was interested to hear that", "I was interested to hear that breakage is 4 percent, counting the crates at noon.", "lost_doer"),
        ("I enjoyed talking with you about", "I enjoyed talking with you about the choir, which class costed a trip.", "lost_doer"),
        ("What you said about", "What you said about the 9 orchards, planted 3 of the slopes last year, has stayed with me.", "lost_doer"),
        ("I was glad to tell you about", "I was glad to tell you about the bin lorries, with 3 years of maps, and the council moved 2 routes.", "lost_doer"),
        ("What you said about", "What you said about everyone being rewriting pipelines has stayed with me.", "lost_doer"),
        ("What you said about", "What you said about one in five posts being vacant and that the families notice has stayed with me.", "lost_doer"),
    ],
)
def test_clauses_that_nothing_joins_are_reported(opening: str, text: str, check: str) -> None:
    assert [v.check for v in joints(text, opening)] == [check]


@pytest.mark.parametrize(
    ("opening", "text"),
    [
        ("What you said about", "What you said about the kiln room, where you dry 40 bowls, has stayed with me."),
        ("I was interested to hear that you", "I was interested to hear that you want porters who whistle, and you read every complaint."),
        ("I was interested to hear that", "I was interested to hear that when it rains, you move the stalls indoors."),
        ("I was interested to hear that", "I was interested to hear that you moved to steam in May, which means patients wait an hour less."),
        ("What you said about", "What you said about breakage being 4 percent and counting the crates at noon has stayed with me."),
        ("What you said about", "What you said about the map, redrawn as a strip, has stayed with me."),
        ("What you said about", "What you said about wanting fewer posters and dropping setting in maths has stayed with me."),
        ("What you said about", "What you said about the two bakeries that bake at night and the one that does not has stayed with me."),
        ("As I mentioned, I", "As I mentioned, I cut the wait from 9 days to 4."),
    ],
)
def test_joined_clauses_are_not(opening: str, text: str) -> None:
    assert not list(joints(text, opening))
