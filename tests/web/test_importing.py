"""Files people keep notes in come out as plain text, and other files with a sentence that says what to do."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

import pytest
from docx import Document

from service.errors import NotesError
from service.web.importing import MAX_FILE_BYTES, read_file


def docx_file() -> bytes:
    document = Document()
    document.add_paragraph("Met Ines Duarte")
    document.add_paragraph("rye proofs for 19 hours", style="List Bullet")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Question", "Why nights?"
    document.add_paragraph("they call on Friday")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def mail(plain: str | None, html: str | None = None) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Notes from today"
    if plain is not None:
        message.set_content(plain)
    if html is not None:
        put = message.set_content if plain is None else message.add_alternative
        put(html, subtype="html")
    return message.as_bytes()


def test_a_word_document_keeps_its_order_bullets_and_tables() -> None:
    text = read_file("Notes.DOCX", docx_file())
    assert text == "Met Ines Duarte\n- rye proofs for 19 hours\nQuestion | Why nights?\nthey call on Friday"


def test_a_mail_gives_its_subject_and_its_plain_text() -> None:
    assert read_file("m.eml", mail("Ines proofs rye\n", "<p>other</p>")) == "Notes from today\n\nInes proofs rye"


def test_a_mail_without_plain_text_loses_its_markup_and_its_scripts() -> None:
    html = "<style>p{}</style><p>Ines proofs <b>rye</b></p><script>alert(1)</script><p>19 hours</p>"
    text = read_file("m.eml", mail(None, html))
    assert "Ines proofs rye" in text
    assert "19 hours" in text
    assert "alert" not in text
    assert "p{}" not in text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_text_is_read_in_the_encodings_that_editors_write(encoding: str) -> None:
    assert read_file("n.txt", "Grüße, 🥐".encode(encoding)) == "Grüße, 🥐"


def test_old_windows_text_is_read() -> None:
    assert read_file("n.md", "café – 19 h".encode("cp1252")) == "café – 19 h"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("n.pdf", b"%PDF", "Only .txt"),
        ("n.txt", b"  \n", "no text"),
        ("n.txt", b"\x00\x01\xff\xfe", "not text"),
        ("n.docx", b"no zip at all", "damaged"),
        ("n.txt", b"a" * (MAX_FILE_BYTES + 1), "larger than"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_what_to_do(name: str, content: bytes, words: str) -> None:
    with pytest.raises(NotesError, match=words):
        read_file(name, content)


def test_a_document_that_unpacks_to_a_flood_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"0" * 21_000_000)
    with pytest.raises(NotesError, match="too large"):
        read_file("bomb.docx", out.getvalue())
