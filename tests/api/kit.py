"""Another system that calls the API: a token with scopes, and requests with a new key each."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from backend.office import api_tokens
from backend.office.access import SCOPES
from backend.store.tables import ApiToken
from tests.doors.kit import Desk

BIRTH = {
    "relation": "mother", "parents_married": "yes", "child_birthplace": "home", "child_dob": "13/11/2026", "child_sex": "female",
    "child_name": "Bàn Thị Mai", "mother": "Triệu Mùi Nải", "father": "006096004512", "place": "Thôn Khuổi Slúng, xã Na Rì",
}  # fmt: skip
PHONE = "0981110011"
_keys = itertools.count(1)


def token(desk: Desk, *scopes: str, name: str = "Hệ thống tỉnh", unit: str | None = None, fields: Sequence[str] = ()) -> str:
    """A token with these scopes, every one without any, in these fields of procedures."""
    with desk.home.wired.database.write() as session:
        return api_tokens.make(session, unit or desk.office.unit, name, scopes or SCOPES, "console", desk.now(), fields=fields, known=api_tokens.known_fields(desk.office))[1]


def row_of(desk: Desk, shown: str) -> ApiToken:
    """The row of a token that holds."""
    with desk.home.wired.database.read() as session:
        return api_tokens.find(session, shown, desk.office.unit, desk.now())


def new_key() -> str:
    """An Idempotency-Key nobody used."""
    return f"key-{next(_keys)}"


@dataclass
class System:
    """A caller with a token."""

    desk: Desk
    token: str
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.desk.home.url + "/api/v1", headers={"authorization": f"Bearer {self.token}"}, timeout=30)

    def get(self, path: str, **more) -> httpx.Response:
        return self.http.get(path, **more)

    def post(self, path: str, body=None, key: str | None = None, **headers: str) -> httpx.Response:
        """POST JSON under a new key, or under the one given; header names with _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post(path, json=body, headers={"idempotency-key": key or new_key(), **named})

    def send(self, key: str | None = None, **changes) -> httpx.Response:
        """Send a birth dossier; `changes` replace fields of the body."""
        return self.post("/dossiers", {"procedure": "khai_sinh", "intake": "portal", "answers": BIRTH, "phone": PHONE, **changes}, key)

    def sent(self, **changes) -> dict:
        """The dossier of a birth that was sent."""
        made = self.send(**changes)
        assert made.status_code == 201, made.text
        return made.json()["dossier"]

    def act(self, dossier: dict, action: str, key: str | None = None, **data) -> httpx.Response:
        """Do an action on the version that `dossier` shows."""
        return self.post(f"/dossiers/{dossier['id']}/actions/{action}", data, key, if_match=f'"{dossier["version"]}"')


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem, after looking that it is one."""
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "code", "errors"} <= set(body) and body["status"] == answer.status_code
    assert body["title"] and "Traceback" not in answer.text
    return answer.status_code, body["code"]


def fields(answer: httpx.Response) -> dict[str, str]:
    """Field -> reason of a problem."""
    return {one["field"]: one["reason"] for one in answer.json()["errors"]}
