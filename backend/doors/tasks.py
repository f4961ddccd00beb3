"""Work that people wait for: who wants to be called, and the conversation with them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from backend.doors.access import SignedIn, guard, guarded_post, parts_of
from backend.doors.render import page
from backend.office import callers, case, staff, tasks

router = APIRouter(tags=["console"], include_in_schema=False)


@router.get("/console/tasks", response_class=HTMLResponse)
def listed(request: Request, person: Annotated[SignedIn, Depends(guard("task.take"))]) -> Response:
    """Open tasks, danger first; asked for by htmx it is the list alone."""
    parts = parts_of(request)
    with parts.database.read() as session:
        found = callers.open_tasks(session, parts.office, parts.clock.now(), {role for hat in person.actor.hats for role in hat.roles})
        names = staff.names(session, parts.office.unit)
    template = "task_rows.html" if "hx-request" in request.headers else "tasks.html"
    return page(request, template, person, tasks=found, names=names)


@router.post("/console/tasks/{task_id}/take")
def take(request: Request, task_id: str, person: Annotated[SignedIn, Depends(guarded_post("task.take"))]) -> Response:
    """Take a task; from now on the bot is silent there. Raises Refused with who was faster."""
    parts = parts_of(request)
    with parts.database.write() as session:
        task = tasks.take(session, task_id, person.actor, parts.clock.now())
    parts.bell.ring("task")
    return RedirectResponse(f"/console/conversations/{task.conversation_id}" if task.conversation_id else "/console/tasks", 303)


@router.post("/console/tasks/{task_id}/close")
def close(request: Request, task_id: str, person: Annotated[SignedIn, Depends(guarded_post("task.take"))]) -> Response:
    """End a task; the conversation goes back to the bot unless another taken task holds it."""
    parts = parts_of(request)
    with parts.database.write() as session:
        tasks.close(session, task_id, person.actor, parts.clock.now())
    parts.bell.ring("task")
    return RedirectResponse("/console/tasks", 303)


@router.get("/console/conversations/{conversation_id}", response_class=HTMLResponse)
def conversation(request: Request, conversation_id: str, person: Annotated[SignedIn, Depends(guard("conversation.read"))]) -> Response:
    """A conversation with its tasks and dossiers beside it; opening it is written down."""
    parts = parts_of(request)
    now = parts.clock.now()
    with parts.database.write() as session:
        found = callers.caller(session, parts.office, conversation_id, now)
        case.note_reading(session, parts.office.unit, person.actor.id, now, conversation_id=conversation_id)
        names = staff.names(session, parts.office.unit)
    return page(request, "conversation.html", person, caller=found, names=names, statuses=parts.office.workflow.statuses)
