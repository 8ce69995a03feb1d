"""What an address, an account number, a code and another script look like: forms that the world has fixed, in any language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from linkify_it import LinkifyIt
from linkify_it.tlds import TLDS

from service.phrases import load
from service.types import Span

# Full stops that a browser takes for the one between the parts of an address.
_STOPS = str.maketrans("\u2024\u3002\uff0e\uff61", "....")
_LINKED = re.compile(
    r"[@./]\S"
)  # every link has one of these before something else; without it there is none to look for
# A telephone, card or account number has nine digits or more with at most a bracket and one mark between them; a day and a
# span of years have eight. A token, a wallet or an IBAN without blanks mixes letters and digits for sixteen or more.
_DATED = r"(?!\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b)"
_ACCOUNT = re.compile(
    rf"(?<!\d){_DATED}\d(?:(?:\) ?| ?\(|[ ./-])?\d){{8,}}|\b(?=[^\W_]*\d)(?=[^\W_]*[^\W\d_])[^\W_]{{16,}}\b"
)
_CODE = re.compile(
    r"(?<![\w-])(?=(?:[\w-]*[^\W\d_]){2})(?=[\w-]*\d{4})[\w-]+"
)  # two letters and four digits in one word
_YEAR = re.compile(r"(?<!\d)(?:19\d|20[0-4])\d(?!\d)")
_HANDLE = re.compile(r"(?<![\w.])@\w{2,}")
_SIGNS = re.compile(r"[<>{}\[\]=|\\]")  # of markup and of code


@cache
def _links() -> LinkifyIt:
    return LinkifyIt().tlds(list(TLDS))


def addresses(text: str) -> Iterator[Span]:
    """Whatever a mail program turns into a link: with a scheme, a mail address, a bare name under a real top-level domain; '@handles'."""
    plain = text.translate(_STOPS)
    for link in (_LINKED.search(plain) and _links().match(plain)) or ():
        if link.schema or any(c.isalpha() for c in link.raw.rsplit(".", 1)[0]):  # '10.day' is a slip of typing
            yield Span(link.index, link.last_index)
    yield from (Span(*found.span()) for found in _HANDLE.finditer(plain))


def accounts(text: str) -> Iterator[Span]:
    """Telephone, card and account numbers, wallets, tokens."""
    yield from (Span(*found.span()) for found in _ACCOUNT.finditer(text))


def codes(text: str) -> Iterator[Span]:
    """Reference numbers, vouchers, passwords: 'CC-4202'. A year ('mid-2025') makes no code, nor does a standard ('ISO-27001')."""
    standards: list[str] = load("standards")["bodies"]
    for found in _CODE.finditer(text):
        word = found.group()
        if re.search(r"\d{4}", _YEAR.sub("", word)) and word.rstrip("0123456789-").lower() not in standards:
            yield Span(*found.span())


def is_foreign(character: str) -> bool:
    """Whether it is a letter of another script than Latin, or one that only looks Latin: full-width, mathematical."""
    if character.isascii() or not unicodedata.category(character).startswith("L"):
        return False
    looks_alike = unicodedata.decomposition(character).startswith(("<wide>", "<font>"))
    plain = unicodedata.normalize("NFKC", character)[0]  # 'º' is an o
    return looks_alike or "LATIN" not in unicodedata.name(plain, "")


def is_greek(character: str) -> bool:
    """Whether it is a letter that stands for a size or a unit in any script."""
    return unicodedata.name(unicodedata.normalize("NFKC", character)[0], "").startswith("GREEK")


def is_no_name(said: str) -> bool:
    """Whether ``said`` cannot be what a firm, a job or a person is called: it leads somewhere, is a code, or is markup."""
    plain = unicodedata.normalize("NFKC", said)
    return bool(_SIGNS.search(plain)) or any(next(form(plain), None) for form in (addresses, accounts, codes))
