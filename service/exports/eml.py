"""A message as an ``.eml`` draft that a mail program opens ready to send (G40)."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

from service.errors import RequestError
from service.exports.address import read_address
from service.types import Message

_CONTROLS = frozenset(map(chr, (*range(32), 127, 0x85, 0x2028, 0x2029)))


def eml_draft(message: Message, sender: str | None = None) -> bytes:
    """``eml_of`` a message that was drafted here."""
    return eml_of(message.wording.subject or "", message.wording.body, sender)


def eml_of(subject: str, body: str, sender: str | None = None) -> bytes:
    """The draft's bytes: ``X-Unsent: 1``, UTF-8, CRLF, and neither Date nor To, which the sender's program adds.

    ``sender`` is an address, with or without a name: 'Mara Lind <mara@example.org>'. A name alone is left out,
    since a From without an address is none; the mail program then uses its own account.

    Raises:
        RequestError: the subject or the sender holds a line break or another control character, or the
            address is none.
    """
    address = read_address(sender, "sender") if sender and "@" in _one_line(sender, "sender") else None
    # A local part beyond ASCII stands in the header as it is (RFC 6532): it has no other spelling.
    mail = EmailMessage(policy=SMTP if address is None or address.username.isascii() else SMTPUTF8)
    mail["X-Unsent"] = "1"
    if address is not None:
        mail["From"] = address
    mail["Subject"] = _one_line(subject, "subject")
    mail.set_content(body, charset="utf-8", cte="quoted-printable")
    return mail.as_bytes()


def _one_line(text: str, what: str) -> str:
    if _CONTROLS.intersection(text):
        raise RequestError(f"The {what} must be one line of text.")
    return text.strip()
