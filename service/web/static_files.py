"""The page's own files, compressed once and named by their content, so that a browser keeps them for good."""

from __future__ import annotations

import gzip
import mimetypes
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request, Response

ROOT = Path(__file__).parent / "static"
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_FOR_GOOD = "public, max-age=31536000, immutable"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class StaticFile:
    content: bytes
    compressed: bytes
    media_type: str


@cache
def files() -> dict[str, StaticFile]:
    """Every file under static/, by its path there."""
    return {p.relative_to(ROOT).as_posix(): _read(p) for p in sorted(ROOT.rglob("*")) if p.is_file()}


@cache
def release() -> str:
    """One name for all files together: modules import each other by relative path, so they change as one."""
    digest = sha256()
    for name, file in files().items():
        digest.update(name.encode() + b"\0" + file.content)
    return digest.hexdigest()[:12]


def static_url(name: str) -> str:
    return f"/static/{release()}/{name}"


def modules() -> tuple[str, ...]:
    """The page's own ES modules, to be fetched all at once rather than one after another finds the next."""
    return tuple(name for name in files() if name.endswith(".js") and "/" not in name)


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    guessed = mimetypes.guess_type(path.name)[0] or "text/plain"
    return StaticFile(content, gzip.compress(content, 9, mtime=0), _TYPES.get(path.suffix, guessed))


@router.get("/static/{version}/{name:path}")
def static_file(version: str, name: str, request: Request) -> Response:
    file = files().get(name)
    if file is None:
        return Response("There is no such file.", 404, media_type="text/plain")
    kept = _FOR_GOOD if version == release() else "no-cache"
    headers = {"Cache-Control": kept, "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(file.content, headers=headers, media_type=file.media_type)
    return Response(file.compressed, headers={**headers, "Content-Encoding": "gzip"}, media_type=file.media_type)
