"""Afterword for assistants that speak the Model Context Protocol: four tools over a service, here or elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Literal, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from service import __version__
from service.client import AsyncClient
from service.client.problems import ClientError

T = TypeVar("T")
Kind = Literal["thank_you", "check_in", "linkedin"]
_SAYS = (
    "Turns a candidate's interview notes into follow-up messages that can be sent as they stand. Every line of a "
    "message rests on the notes: pass them on as they are, do not add to them. What happens to a message stays with "
    "the candidate; nothing is sent from here."
)


def mcp_server(afterword: AsyncClient) -> MCPServer[Any]:
    """A server whose tools ask ``afterword``. Its caller opens and closes the client."""
    server: MCPServer[Any] = MCPServer(
        "afterword", title="Afterword", instructions=_SAYS, version=__version__, log_level="ERROR"
    )

    @server.tool(structured_output=True)
    async def draft(
        notes: str,
        kinds: list[Kind] | None = None,
        candidate: str | None = None,
        now: str | None = None,
        tone: Literal["warm", "neutral", "formal"] = "warm",
        length: Literal["short", "standard"] = "standard",
    ) -> dict[str, Any]:
        """Messages from interview notes: thank-you emails, check-ins and LinkedIn notes, one for each person met.

        `now` is the candidate's time with its zone, as 2026-11-17T18:00:00+01:00. `candidate` is the name that signs.
        """
        stated = {"kinds": kinds, "candidate": {"name": candidate} if candidate else None, "now": now}
        return await _asked(afterword.draft(notes, tone=tone, length=length, **_stated(stated)))

    @server.tool(structured_output=True)
    async def read(notes: str, now: str | None = None) -> dict[str, Any]:
        """What interview notes say: people, company, role, dates, and whose each line is. Nothing is written."""
        return await _asked(afterword.facts(notes, **_stated({"now": now})))

    @server.tool(structured_output=True)
    async def score(
        notes: str, body: str, kind: Kind = "thank_you", subject: str | None = None, now: str | None = None
    ) -> dict[str, Any]:
        """Holds a message, written by anybody, against the notes: scores with reasons, and what must not be sent."""
        return await _asked(afterword.score(notes, kind=kind, body=body, **_stated({"subject": subject, "now": now})))

    @server.tool()
    async def plan(notes: str, now: str | None = None, time_zone: str | None = None) -> str:
        """When to send what, as a calendar (iCalendar): reminders for the messages that are still ahead."""
        return await _asked(afterword.reminders(notes, **_stated({"now": now, "time_zone": time_zone})))

    return server


def _stated(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


async def _asked(answer: Awaitable[T]) -> T:
    try:
        return await answer
    except ClientError as error:
        raise ToolError(str(error)) from error
