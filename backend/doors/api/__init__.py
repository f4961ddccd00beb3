"""The API for other systems under /api/v1: REST, problem+json, idempotency keys, cursor pages, versions as ETags."""

from fastapi import APIRouter

from backend.doors.api import acts, content, desk, dossiers, hooks, law

router = APIRouter()
for _module in (law, dossiers, content, acts, desk, hooks):
    router.include_router(_module.router)
