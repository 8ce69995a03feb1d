"""What the pages need of the app that serves them; ``create_app`` puts it at ``app.state.service``."""

from __future__ import annotations

from typing import Protocol

from fastapi import Request

from service.prompting.library import PromptLibrary
from service.types import Draft, DraftRequest


class Services(Protocol):
    @property
    def library(self) -> PromptLibrary: ...

    async def draft(self, request: DraftRequest) -> Draft: ...


def services_of(request: Request) -> Services:
    services: Services = request.app.state.service
    return services
