"""What is kept, encrypted at rest where the operator gives a key; as it is where none is given."""

from __future__ import annotations

from typing import Protocol

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from service.errors import RequestError, StorageUnavailable


class Sealer(Protocol):
    sealed: bool

    def seal(self, plain: bytes) -> bytes: ...

    def open(self, kept: bytes, *, sealed: bool) -> bytes: ...


class Plain:
    sealed = False

    def seal(self, plain: bytes) -> bytes:
        return plain

    def open(self, kept: bytes, *, sealed: bool) -> bytes:
        if sealed:
            raise StorageUnavailable("What is kept is encrypted, and AFTERWORD_STORAGE_KEY is not set.")
        return kept


class Sealed:
    """Fernet (AES-128-CBC with HMAC-SHA256). The first key seals, all open: so a key can be changed."""

    sealed = True

    def __init__(self, keys: str) -> None:
        """``keys`` with commas between them. Raises RequestError for what is none."""
        try:
            self._fernet = MultiFernet([Fernet(k.strip()) for k in keys.split(",") if k.strip()])
        except ValueError as error:
            raise RequestError(
                "AFTERWORD_STORAGE_KEY is no key of 32 bytes in base64. `afterword storage new-key` makes one."
            ) from error

    def seal(self, plain: bytes) -> bytes:
        return self._fernet.encrypt(plain)

    def open(self, kept: bytes, *, sealed: bool) -> bytes:
        if not sealed:
            return kept
        try:
            return self._fernet.decrypt(kept)
        except InvalidToken as error:
            raise StorageUnavailable("What is kept was encrypted under another AFTERWORD_STORAGE_KEY.") from error


def new_key() -> str:
    return Fernet.generate_key().decode()
