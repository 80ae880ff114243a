"""A web service that hands faxes on in JSON Lines, as they come."""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated

import anyio
from fastapi import Depends, FastAPI, Query, Request, Response
from starlette.types import Message, Receive, Scope, Send

from faxapi import Activity, FaxApi, FaxRecord, JobRecord, Summary, UsageRecord, Window


class RecordLines(Response):
    """Records in JSON Lines, read no faster than the client takes them.

    The last line says how it went. An answer without one was cut short.
    """

    media_type: str | None = "application/x-ndjson"

    def __init__(self, activity: Activity) -> None:
        # nginx would take everything at once, and keep it in a file for the client.
        super().__init__(headers={"X-Accel-Buffering": "no"})
        del self.headers["Content-Length"]
        self._activity = activity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; when the client has left, the collection ends."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_cancel_when_left, receive, tasks.cancel_scope)
            await self._send(send)
            tasks.cancel_scope.cancel()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        # Entered and left in this one task, as a collection must be.
        async with self._activity as activity:
            async for batch in activity.batches(100):
                await send(_part(_lines(batch), more=True))
        await send(_part(_last_line(activity.summary), more=False))


async def _cancel_when_left(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


def _lines(records: Iterable[FaxRecord | UsageRecord | JobRecord]) -> bytes:
    return b"".join(record.model_dump_json().encode() + b"\n" for record in records)


def _last_line(summary: Summary) -> bytes:
    missing = [str(outcome) for outcome in summary.failures]
    end = {"kind": "end", "complete": summary.complete, "missing": missing}
    return json.dumps(end).encode() + b"\n"


def _part(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, FaxApi]]:
    """One api for the whole process."""
    async with FaxApi.from_config() as api:
        yield {"api": api}


app = FastAPI(lifespan=lifespan)


def the_api(request: Request) -> FaxApi:
    """What the lifespan has opened."""
    api: FaxApi = request.state.api
    return api


@app.get("/faxes.jsonl", response_class=RecordLines)
async def faxes(
    api: Annotated[FaxApi, Depends(the_api)], days: Annotated[int, Query(ge=1, le=60)] = 7
) -> RecordLines:
    """The faxes of some days."""
    return RecordLines(api.stream(Window.last(timedelta(days=days)), kinds=["faxes"]))


@app.get("/healthz")
async def healthz() -> str:
    """Whether this process answers; the providers are not asked."""
    return "ok"
