"""A message as an ``.eml`` draft that a mail program opens ready to send (G40)."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from service.errors import RequestError
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
    mail = EmailMessage(policy=SMTP)
    mail["X-Unsent"] = "1"
    if sender and "@" in _one_line(sender, "sender"):
        mail["From"] = _address(sender)
    mail["Subject"] = _one_line(subject, "subject")
    mail.set_content(body, charset="utf-8", cte="quoted-printable")
    return mail.as_bytes()


def _one_line(text: str, what: str) -> str:
    if _CONTROLS.intersection(text):
        raise RequestError(f"The {what} must be one line of text.")
    return text.strip()


def _address(sender: str) -> Address:
    """A header value in which a name is only ever a name, whatever punctuation it holds."""
    name, bracket, rest = sender.rpartition("<")
    address = rest.strip().removesuffix(">")
    try:
        return Address(display_name=name.strip().strip('"') if bracket else "", addr_spec=address)
    except (ValueError, IndexError, MessageError) as error:  # the parser indexes past the end of a cut address
        raise RequestError("The sender's address is not an e-mail address.") from error
