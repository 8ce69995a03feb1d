"""Files that people keep notes in → plain text. The file is read in memory and kept nowhere."""

from __future__ import annotations

import io
import re
import zipfile
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import PurePath

from service.errors import NotesError

MAX_FILE_BYTES = 2_000_000
_UNPACKED_LIMIT = 20_000_000  # a small .docx can unpack to gigabytes
_SUFFIXES = (".txt", ".md", ".docx", ".eml")


def read_file(name: str, content: bytes) -> str:
    """The notes in a file.

    Raises:
        NotesError: the file is of another kind, too large, damaged or has no text.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in _SUFFIXES:
        raise NotesError(f"Only {', '.join(_SUFFIXES)} files can be opened. Copy the text and paste it instead.")
    if len(content) > MAX_FILE_BYTES:
        raise NotesError("The file is larger than 2 MB. Paste the part about this interview instead.")
    read = {".docx": _docx, ".eml": _eml}.get(suffix, _text)
    text = read(content).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise NotesError("There is no text in this file.")
    return text


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    if b"\x00" in content:
        raise NotesError("This file is not text.")
    return content.decode("cp1252", errors="replace")


def _docx(content: bytes) -> str:
    """Paragraphs and table rows in the order of the document."""
    from docx import Document  # slow to import, and few need it
    from docx.table import Table

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > _UNPACKED_LIMIT:
                raise NotesError("The document is too large. Paste the part about this interview instead.")
        document = Document(io.BytesIO(content))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise NotesError("The document is damaged. Open it and paste its text instead.") from error
    lines = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            lines += [" | ".join(cell.text.strip() for cell in row.cells) for row in block.rows]
        else:
            style = block.style.name if block.style is not None else None
            lines.append(("- " if "List" in (style or "") else "") + block.text)
    return "\n".join(lines)


def _eml(content: bytes) -> str:
    """Subject and text of a mail; its HTML only where there is no plain text, and then without the markup."""
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    try:
        part = mail.get_body(preferencelist=("plain", "html"))
        body = part.get_content() if part is not None else ""
        subject = str(mail.get("subject", ""))
    except (MessageError, LookupError, ValueError) as error:
        raise NotesError("The mail is damaged. Open it and paste its text instead.") from error
    if part is not None and part.get_content_type() == "text/html":
        body = _without_markup(body)
    return f"{subject}\n\n{body}".strip() if subject else str(body)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("script", "style", "head")
        if tag in ("p", "br", "div", "li", "tr", "h1", "h2", "h3"):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style", "head") and self.hidden > 0

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(re.sub(r"\s+", " ", data))


def _without_markup(html: str) -> str:
    parser = _Words()
    parser.feed(html)
    return re.sub(r"\n\s*\n+", "\n\n", "".join(parser.words))
