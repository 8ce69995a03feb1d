from __future__ import annotations

from email import message_from_bytes, message_from_string
from email.policy import SMTPUTF8, default

import pytest
from fast_mail_parser import parse_email

from service.errors import RequestError
from service.exports.eml import eml_draft
from service.types import Message, MessageKind, Recipient, Scorecard, SendStatus, SendWindow, Wording, WrittenBy

BODY = "Dear Priya,\n\nthank you for the café tour – the 3 of 11 services stayed with me. ☕\n\n.\nMara"


def message(subject: str | None = "Thank you, Priya", body: str = BODY) -> Message:
    return Message(
        MessageKind.THANK_YOU,
        Recipient("Priya Raman"),
        Wording(subject, body),
        WrittenBy.OUTLINE,
        prompt=None,
        evidence=(),
        scorecard=Scorecard(1.0, ()),
        send_window=SendWindow(None, None, SendStatus.UNKNOWN, ""),
    )


def test_the_draft_opens_unsent_with_subject_and_body_as_written() -> None:
    parsed = message_from_bytes(eml_draft(message(), "Mara Lind <mara@example.org>"), policy=default)
    assert parsed["X-Unsent"] == "1"
    assert parsed["Subject"] == "Thank you, Priya"
    assert parsed["From"].addresses[0].addr_spec == "mara@example.org"
    assert parsed.get_content_charset() == "utf-8"
    assert parsed.get_content().replace("\r\n", "\n").rstrip("\n") == BODY


def test_the_draft_has_no_date_and_nobody_it_is_sent_to() -> None:
    parsed = message_from_bytes(eml_draft(message()), policy=default)
    assert parsed["Date"] is None
    assert parsed["To"] is None
    assert parsed["From"] is None


def test_every_line_of_the_file_ends_with_crlf() -> None:
    raw = eml_draft(message(subject="Über " + "ein langer Betreff " * 8))
    assert raw.count(b"\n") == raw.count(b"\r\n") > 5
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "subject", ["Thanks\nBcc: eve@example.org", "Thanks\rX: 1", "Thanks\r\n\r\nbody", "a\x00b", "a\u2028b"]
)
def test_a_subject_of_more_than_one_line_is_refused(subject: str) -> None:
    with pytest.raises(RequestError):
        eml_draft(message(subject=subject))


@pytest.mark.parametrize("sender", ["Mara\nBcc: eve@example.org", "mara@example.org\r\nX: 1", "Mara <not an address@>"])
def test_a_sender_that_is_no_address_is_refused(sender: str) -> None:
    with pytest.raises(RequestError):
        eml_draft(message(), sender)


def test_punctuation_in_a_senders_name_makes_no_second_address() -> None:
    raw = eml_draft(message(), "Lind, Mara; eve@example.org, <mara@example.org>")
    addresses = message_from_bytes(raw, policy=default)["From"].addresses
    assert [address.addr_spec for address in addresses] == ["mara@example.org"]


def test_header_lines_in_the_body_stay_in_the_body() -> None:
    parsed = message_from_bytes(eml_draft(message(body="Bcc: eve@example.org\n\nHello")), policy=default)
    assert parsed["Bcc"] is None
    assert parsed.get_content().startswith("Bcc: eve@example.org")


def test_a_sender_known_only_by_name_is_left_to_the_mail_program() -> None:
    assert message_from_bytes(eml_draft(message(), "Mara Lind"), policy=default)["From"] is None


@pytest.mark.parametrize(
    ("sender", "spec", "name"),
    [
        ("jörg@exämple.org", "jörg@xn--exmple-cua.org", ""),
        ("Jörg Ünal <joerg@example.org>", "joerg@example.org", "Jörg Ünal"),
        ("用户 <用户@例子.广告>", "用户@xn--fsqu00a.xn--4rr70v", "用户"),
        ("mara@straße.example", "mara@xn--strae-oqa.example", ""),
    ],
)
def test_an_international_address_is_an_address(sender: str, spec: str, name: str) -> None:
    raw = eml_draft(message(subject="Über uns"), sender)
    parsed = message_from_string(raw.decode(), policy=SMTPUTF8)
    (address,) = parsed["From"].addresses
    assert (address.addr_spec, address.display_name) == (spec, name)
    assert parsed["Subject"] == "Über uns"


def test_an_address_of_plain_letters_makes_a_file_of_plain_letters() -> None:
    head, _, _ = eml_draft(message(), "Jörg <joerg@example.org>").partition(b"\r\n\r\n")
    assert head.isascii()


@pytest.mark.parametrize("sender", ["Mara Lind <mara@example.org>", "Jörg Ünal <jörg@exämple.org>"])
def test_a_parser_by_other_makers_reads_the_same(sender: str) -> None:
    raw = eml_draft(message(subject="Über " + "ein langer Betreff " * 8 + "für Priya"), sender)
    theirs, ours = parse_email(raw), message_from_bytes(raw, policy=SMTPUTF8)
    assert theirs.subject == ours["Subject"] == "Über " + "ein langer Betreff " * 8 + "für Priya"
    assert theirs.headers["From"] == [str(ours["From"])]
    (text,) = theirs.text_plain
    assert text.replace("\r\n", "\n").rstrip("\n") == BODY
    assert not theirs.attachments
