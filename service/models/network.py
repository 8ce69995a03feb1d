"""The HTTP client that a model is called with: never through a proxy on this machine, never on to another address."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import openai

from service.errors import RequestError
from service.models.endpoint_address import is_loopback

_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def http_client(url: str, transport: httpx2.AsyncBaseTransport | None = None) -> httpx2.AsyncClient:
    """For calls to ``url``. Redirects are not followed: notes would go to an address that nobody set.

    Raises:
        RequestError: a proxy or a certificate that the environment names cannot be used.
    """
    if is_loopback(url):
        return openai.DefaultAsyncHttpxClient(transport=transport, trust_env=False, follow_redirects=False)
    check_environment(os.environ)
    try:
        return openai.DefaultAsyncHttpxClient(transport=transport, follow_redirects=False)
    except (ImportError, ValueError, OSError, httpx2.InvalidURL) as error:
        raise RequestError(
            "The proxy or certificate settings of the environment cannot be used. Check HTTPS_PROXY, HTTP_PROXY, "
            "ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR."
        ) from error


def check_environment(environment: Mapping[str, str]) -> None:
    """Raises RequestError for a proxy or a certificate that cannot be used, by the variable that names it."""
    for name in _CERTIFICATES:
        if (path := environment.get(name)) and not Path(path).exists():
            raise RequestError(f"{name} names a file or folder that is not there. Correct it or unset it.")
    for name in _PROXIES:
        for spelled in (name, name.lower()):
            if proxy := environment.get(spelled):
                _check_proxy(spelled, proxy)


def _check_proxy(name: str, proxy: str) -> None:
    # A proxy without a scheme is an http proxy, by custom.
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if parts.scheme.startswith("socks"):
        raise RequestError(
            f"{name} names a SOCKS proxy, which Afterword does not speak. Give an http:// proxy, unset it, or list the "
            "model's host in NO_PROXY and unset it for this service."
        )
    try:
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise RequestError(f"{name} cannot be used as a proxy. It looks like http://proxy.example.com:3128.")
