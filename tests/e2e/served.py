"""The app as users get it, without a model: fast, and the same every time."""

from __future__ import annotations

from fastapi import FastAPI

from service.app import create_app
from service.settings import Settings


def build_app() -> FastAPI:
    return create_app(Settings(model="outline"))
