"""A message as a ``mailto:`` link (RFC 6068)."""

from __future__ import annotations

from urllib.parse import quote

from service.exports.address import read_address

MAX_ENCODED_CHARACTERS = 1_900  # G39: beyond that mail programs and browsers cut links short


def mailto_link(subject: str | None, body: str, to: str | None = None) -> str | None:
    """The link, or None where it would be too long to be opened whole; then the text has to be copied.

    Raises:
        RequestError: ``to`` is no address.
    """
    fields = [("subject", subject), ("body", body)]
    query = "&".join(f"{name}={_encoded(text)}" for name, text in fields if text)
    link = f"mailto:{_recipient(to) if to and to.strip() else ''}?{query}"
    return link if len(link) <= MAX_ENCODED_CHARACTERS else None


def _recipient(to: str) -> str:
    address = read_address(to, "recipient")
    return f"{quote(address.username, safe='')}@{address.domain}"


def _encoded(text: str) -> str:
    """Percent-encoded, with every line break as %0D%0A; a space is %20, since '+' would stay a plus sign."""
    return quote("\r\n".join(text.splitlines()), safe="")
