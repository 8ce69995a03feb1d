"""A mail address as somebody wrote it, with letters beyond ASCII or without."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address

import idna

from service.errors import RequestError

# What a local part may hold unquoted: RFC 5322's atoms and dots, and with RFC 6532 any letter beyond ASCII.
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~\u00a1-\U0010ffff-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u00a1-\U0010ffff-]+)*")


def read_address(written: str, what: str) -> Address:
    """The one address in ``written``: 'mara@example.org' or 'Mara Lind <mara@example.org>', whatever the name holds.

    The domain is given as DNS has it (xn--…); the local part stays as it is written, for it has no other spelling.

    Raises:
        RequestError: it is no address; ``what`` says whose.
    """
    name, bracket, rest = written.rpartition("<")
    spec = rest.strip().removesuffix(">").strip()
    display = name.strip().strip('"') if bracket else ""
    local, _, domain = spec.rpartition("@")
    try:
        host = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
        if local.isascii():
            return Address(display_name=display, addr_spec=f"{local}@{host}")
    except (ValueError, IndexError, MessageError) as error:  # the parser indexes past the end of a cut address
        raise _none(what) from error
    if not _LOCAL.fullmatch(local) or not host:
        raise _none(what)
    return Address(display_name=display, username=local, domain=host)


def _none(what: str) -> RequestError:
    return RequestError(f"The {what}'s address is not an e-mail address.")
