"""What the pages need of the app that serves them; ``create_app`` puts it at ``app.state.service``."""

from __future__ import annotations

from typing import Protocol

from fastapi import Request

from service.drafting.send_window import SendRules
from service.models.port import Model
from service.prompting.library import PromptLibrary
from service.reading.reader import Reader
from service.settings import Settings
from service.types import Draft, DraftRequest


class Services(Protocol):
    @property
    def library(self) -> PromptLibrary: ...

    @property
    def reader(self) -> Reader: ...

    @property
    def rules(self) -> SendRules: ...

    @property
    def model(self) -> Model | None: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def remote(self) -> bool: ...

    @property
    def batches(self) -> object | None: ...

    async def draft(self, request: DraftRequest) -> Draft: ...


def services_of(request: Request) -> Services:
    services: Services = request.app.state.service
    return services


def reader_words(services: Services) -> str:
    """Who reads the notes, until the page follows the model by itself in the same words (static/model.js)."""
    if services.model is None:
        return "No language model reads your notes: drafts hold the frame of a message, and the points to add."
    where = "which your operator has set up" if services.remote else "on the machine that runs Afterword"
    return f"Your notes are read by {services.model.name}, {where}."
