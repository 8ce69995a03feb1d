"""What stays out of a message whoever said it: bodies, kin, pay, other employers, feelings, judgements of people (G30)."""

from __future__ import annotations

import re

from service.notes.evidence import is_own_deed, is_own_telling, is_told
from service.notes.word_classes import JOINS, NUMBER, adverbs, any_of, counts, has, pattern, person
from service.notes.wordclass import is_noun, tag


def kept_out(text: str, names: frozenset[str], *, theirs: bool) -> str | None:
    """Why ``text`` must not be used, by the closed classes of what stays out; ``theirs``: a label says that they told it."""
    told = theirs or is_told(text, names)
    done = told or is_own_telling(text) or is_own_deed(text)
    if _speaks_of_body(text, told=told or is_own_telling(text)):
        return "speaks of health or looks"
    if _kin_acts(text) or (has("kin", text) and not done):
        return "speaks of family"
    if has("never", text):
        return "nothing for a letter"
    for name, excused in (("elsewhere", told), ("feeling", done), ("money", done)):
        if has(name, text) and not excused:
            return _REASONS[name]
    if not told and is_remark(text, names):
        return "what somebody is like, or did not see"
    return "how one did in the interview" if _is_own_state(text) else None


_REASONS = {"elsewhere": "another employer", "feeling": "a feeling or a judgement", "money": "speaks of pay"}


def _speaks_of_body(text: str, *, told: bool) -> bool:
    """'my hip', 'her teeth', 'tattoo covered': not '9 post-op knees a day', which is somebody's work."""
    if pattern(rf"\b(?:my|mine) (?:[\w-]+ ){{0,2}}?(?:{any_of('body', 'illness')})").search(text):
        return True
    whose = r"(?:my|her|his|their|[\w-]+'s)(?: (?:own|old|new|bad|poor|left|right|big|long|white|false))*"
    if pattern(rf"\b{whose} {any_of('body_owned')}").search(text) and not told:
        return True
    if has("of_care", text):
        return False
    counted = pattern(rf"{NUMBER} (?:[\w-]+ )?{any_of('body')}").search(text)
    return has("illness", text) or (has("body", text) and not told and not counted)


def _kin_acts(text: str) -> bool:
    """Somebody of the family is the subject of no work, or the one for whom: 'wife wants', 'hard on the twins'."""
    whose = r"(?:(?:my|late|little|older|younger|poor|the)\s+)*"
    opening = rf"(?:^|[.,;(]\s*|\b(?:and|but|so|because|since|as|when|if)\s+){whose}{any_of('kin')}"
    acts = pattern(rf"{opening}(?! (?:\w+ )?{any_of('own_deed')})").search(text)
    mine = pattern(rf"\b(?:on|for|from|without|hard on) (?:my|our|the) (?:\w+ )?{any_of('kin')}").search(text)
    return bool(acts or mine)


_NOT = r"(?:did not |didn't |didnt |don't |dont |doesn't |do not |never |not )?"
_VERY = r"(?:so|such a|such|too|proper|dead|well|a bit|a right|quite|very|really|pretty|rather|super)"
_IS = r"(?: (?:is|was|are|were|be|seems?)|'s|'re)"


def is_remark(text: str, names: frozenset[str]) -> bool:
    """What somebody is like, wears, notices or did not see: 'they didnt see', 'Ahmed very happy', 'he shouts at the cook'."""
    if pattern(rf"{person(names)} {adverbs()}{_NOT}{any_of('not_work')}").search(text):
        return True
    if pattern(rf"^{JOINS}that (?:man|woman|guy|bloke|lady|girl|boy|fella|lad)\b").match(text):
        return True
    return any(_is_like(text, subject) for subject in (person(names), r"(?<![\w'])(?:their|his|her|[\w-]+'s) [\w-]+"))


def _is_like(text: str, subject: str) -> bool:
    """'Ahmed very happy', 'her prices are daft': a quality, with nothing counted that would make it their work."""
    if pattern(rf"{subject}{_IS} {_VERY}\b(?! (?:\w+ )?\d)").search(text):
        return True
    like = rf"{subject}(?:(?P<is>{_IS})(?: (?:{_VERY}|not|just|always))*| {_VERY}) (?P<quality>[a-z-]+)(?P<rest>.*)"
    found = pattern(like).search(text)
    if found is None or tag(found["quality"]) != "JJ" or counts(re.split("[,;.]", found["rest"])[0]):
        return False
    after = found["rest"].split()
    return not (found["is"] == "'s" and after and is_noun(after[0].strip(".,;")))  # "Omar's old kiln" is his


def _is_own_state(text: str) -> bool:
    """'asked about leases, where I was imprecise': how one did, after what was asked; 'asked if I was free' is a question."""
    state = pattern(
        r"(?:,|\bwhere|\band|\bbut|[-–—]) (?:there |here )?(?:i was|i am|i'm|i felt|i got) (?:\w+ly |too |very |so |a bit |quite |rather )*(?P<how>[a-z-]+)"
    )
    found = state.search(text)
    return bool(found and tag(found["how"]) == "JJ" and not counts(text[found.end() :]))


def is_kept_back(text: str) -> bool:
    """'Didn't mention my hip', 'he didnt ask I didnt say': a choice, where nothing is regretted and no deed is told."""
    silent = pattern(any_of("kept_back")).search(text)
    return bool(silent and not has("regret", text) and not is_own_deed(text[silent.end() :]) and not counts(text))
