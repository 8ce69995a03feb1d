"""What the pages need of the app that serves them; ``create_app`` puts it at ``app.state.service``."""

from __future__ import annotations

from typing import Protocol

from fastapi import Request

from service.drafting.pipeline import Drafter
from service.prompting.library import PromptLibrary


class Services(Protocol):
    @property
    def drafter(self) -> Drafter: ...

    @property
    def library(self) -> PromptLibrary: ...


def services_of(request: Request) -> Services:
    services: Services = request.app.state.service
    return services
