"""Keys, addresses and names as people paste them: mended where it is plain what was meant, else named. Pure."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from service.errors import RequestError

_BLANK = " \t\r\n\f\v\u00a0\u200b\u200c\u200d\u2060\ufeff"
_QUOTES = "\"'`“”‘’«»‹›"
# The SDK adds the operation itself; people copy the address of a whole call.
_OPERATION = re.compile(r"/+(?:chat/completions|completions|responses|embeddings|models)/*$")
_AZURE = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")


@dataclass(frozen=True)
class Address:
    """Where an endpoint is. ``query`` goes with every call; ``bare`` addresses have no path of their own."""

    url: str
    query: dict[str, str] = field(default_factory=dict)
    azure: bool = False

    @property
    def bare(self) -> bool:
        return urlsplit(self.url).path in ("", "/")

    @property
    def here(self) -> bool:
        return is_loopback(self.url)


def mended_address(pasted: str) -> Address:
    """The address meant by ``OPENAI_BASE_URL``: blanks, quotes and the operation taken off, the scheme put in front.

    Raises:
        RequestError: it cannot be read as an address.
    """
    text = _unquoted(_assigned(pasted, "OPENAI_BASE_URL"))
    if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", text):
        text = f"{'http' if _local_looking(text) else 'https'}://{text}"
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise _unusable("it is no address") from error
    if parts.scheme not in ("http", "https"):
        raise _unusable(f"'{parts.scheme[:20]}' is no scheme of a web address; http:// or https:// is")
    if not host or re.search(r"[\s<>\"{}|\\^`$]", parts.netloc):
        raise _unusable("there is no host in it")
    if parts.username or parts.password:
        raise _unusable("it holds a name or a password; the key belongs into OPENAI_API_KEY")
    if re.search(r"[\s<>{}$]", parts.path):
        raise _unusable("its path holds a placeholder or a blank")
    azure = host.endswith(_AZURE) or "/openai/deployments/" in parts.path
    path = _OPERATION.sub("", parts.path).rstrip("/")
    if azure and path in ("", "/openai"):
        path = "/openai/v1"
    return Address(f"{parts.scheme}://{parts.netloc}{path}", dict(parse_qsl(parts.query)), azure)


def mended_key(pasted: str) -> str:
    """The key meant by ``OPENAI_API_KEY``.

    Raises:
        RequestError: it holds what no key can, so that no call could ever be made with it.
    """
    key = _unquoted(_assigned(pasted, "OPENAI_API_KEY"))
    if key[:7].lower() == "bearer ":
        key = _unquoted(key[7:])
    if re.search(r"^\$\{?\w+\}?$|^<.*>$", key):
        raise RequestError("OPENAI_API_KEY holds a placeholder where the key should stand.")
    if not re.fullmatch(r"[\x21-\x7e]*", key):
        raise RequestError(
            "OPENAI_API_KEY holds a blank, a line break or a character that no key has. Copy the key again, alone."
        )
    return key


def mended_name(pasted: str) -> str:
    return _unquoted(_assigned(pasted, "AFTERWORD_MODEL"))


def is_loopback(url: str) -> bool:
    """Whether the address stays on this machine."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _assigned(text: str, name: str) -> str:
    """Without ``export NAME=`` in front, from a line copied whole."""
    return re.sub(rf"^\s*(?:export\s+)?{name}\s*=\s*", "", text.strip(_BLANK))


def _unquoted(text: str) -> str:
    return text.strip(_BLANK).strip(_QUOTES).strip(_BLANK)


def _local_looking(text: str) -> bool:
    """An address without a scheme that can hardly have a certificate: this machine, a number, a name without a dot."""
    host = re.split(r"[/?#]", text, maxsplit=1)[0].rpartition("@")[2]
    name = re.sub(r":\d+$", "", host).strip("[]")
    return "." not in name or is_loopback(f"http://{host}") or bool(re.fullmatch(r"[\d.]+|[0-9a-fA-F:]+", name))


def _unusable(why: str) -> RequestError:
    return RequestError(f"OPENAI_BASE_URL cannot be used: {why}. It looks like https://api.example.com/v1.")
