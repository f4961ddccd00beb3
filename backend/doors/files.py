"""Files behind a guard: what people sent, and the receipt they take home."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response

from backend.doors.access import SignedIn, guard, parts_of
from backend.doors.dossiers import found
from backend.office import case, receipt

router = APIRouter(tags=["console"], include_in_schema=False)
_SHOWN = {"image/jpeg", "image/png", "image/webp", "image/gif"}
"""Types a browser may draw; anything else is handed over as a download."""


@router.get("/console/dossiers/{dossier_id}/receipt.pdf")
def receipt_pdf(request: Request, dossier_id: str, person: Annotated[SignedIn, Depends(guard("receipt.print"))]) -> Response:
    """The "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" as a PDF; before reception there is none."""
    parts = parts_of(request)
    place = receipt.Place(parts.desk.ward, parts.desk.desk, parts.desk.phone, f"{parts.base_url}/track")
    with parts.database.read() as session:
        row = found(session, parts.office.unit, dossier_id)
        pdf = receipt.receipt(session, parts.office, place, row, parts.clock.now())
    # A page's policy would keep some browsers' own PDF viewer from drawing its buttons.
    headers = {"content-disposition": f'inline; filename="{row.code}.pdf"', "content-security-policy": "frame-ancestors 'none'"}
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.get("/console/attachments/{attachment_id}")
def attachment(request: Request, attachment_id: str, person: Annotated[SignedIn, Depends(guard("dossier.read"))]) -> Response:
    """A file somebody sent; looking at it is written down like opening its dossier."""
    parts = parts_of(request)
    with parts.database.write() as session:
        opened = case.attachment(session, parts.office, attachment_id)
        if opened is None:
            raise HTTPException(404)
        row, content = opened
        conversation = case.conversation_of(session, row)
        case.note_reading(session, parts.office.unit, person.actor.id, parts.clock.now(), dossier_id=row.dossier_id, conversation_id=conversation)
    safe = row.mime in _SHOWN
    headers = {"content-disposition": "inline" if safe else "attachment", "content-security-policy": "default-src 'none'; sandbox"}
    return Response(content, media_type=row.mime if safe else "application/octet-stream", headers=headers)
