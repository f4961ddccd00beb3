"""Who registered an address is told what happens, signed, in order, again until it is heard; and nobody is told elsewhere."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta

import httpx
import pytest

from backend.office import hooks, jobs
from backend.office.hooks import Teller
from backend.office.kit import Refused
from backend.store.tables import Dossier
from tests.api.kit import System, problem, token
from tests.doors.kit import Desk
from tests.fakes.loopback import HANG_UP, Loopback, Served
from tests.journeys.kit import house
from tests.office.kit import BINH, office_of
from tests.office.lives import act, at


def registered(session, vault, clock, url: str, events=("*",)):
    return hooks.register(session, office_of(vault), url, events, [url], "api:1", clock.now())


def run(database, clock, teller: Teller, most: int = 20) -> list[str]:
    """Do the hook jobs that may run now; returns why any was given back."""
    said = []
    for _ in range(most):
        with database.write() as session:
            claim = jobs.claim(session, "test", clock.now())
        if claim is None:
            break
        if claim.kind != "hook":
            with database.write() as session:
                jobs.finish(session, claim)
            continue
        try:
            teller(claim)
        except jobs.Later as later:
            said.append(later.reason)
            with database.write() as session:
                jobs.retry(session, claim, later.reason, clock.now(), later.after)
    return said


def states(database, hook) -> list[tuple[str, int, str]]:
    with database.read() as session:
        return [(row.state, row.attempts, row.answer) for row in hooks.deliveries(session, hook)]


def test_every_event_is_told_once_with_a_signature_that_can_be_checked(database, vault, clock):
    with Loopback(lambda _: Served(204)) as there, httpx.Client() as http:
        with database.write() as session:
            hook, secret = registered(session, vault, clock, there.url)
            dossier = at(session, office_of(vault), clock.now(), last="receive")
        assert run(database, clock, Teller(database, office_of(vault), clock, [there.url], http)) == []
    told = [json.loads(request.body) for request in there.requests]
    assert [(one["type"], one["seq"], one["status"]) for one in told] == [("dossier.send", 1, "sent"), ("dossier.receive", 2, "received")]
    assert set(told[0]) == {"id", "type", "dossier", "seq", "status", "at"} and told[0]["dossier"] == dossier.code
    head, body = there.requests[0].headers, there.requests[0].body
    wanted = hmac.new(secret.encode(), head["motcua-timestamp"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert (head["motcua-signature"], head["motcua-id"]) == (f"v1={wanted}", told[0]["id"])
    assert states(database, hook) == [("delivered", 1, "204")] * 2


def test_only_the_events_that_were_asked_for(database, vault, clock):
    with Loopback(lambda _: Served(200)) as there, httpx.Client() as http:
        with database.write() as session:
            registered(session, vault, clock, there.url, ["receive"])
            at(session, office_of(vault), clock.now(), last="process")
        run(database, clock, Teller(database, office_of(vault), clock, [there.url], http))
    assert [json.loads(request.body)["type"] for request in there.requests] == ["dossier.receive"]


@pytest.mark.parametrize(("answer", "said"), [(Served(500), "500"), (Served(404), "404"), (HANG_UP, "RemoteProtocolError"),
                                              (Served(302, headers={"location": "http://127.0.0.1:1/"}), "302")])  # fmt: skip
def test_who_does_not_answer_is_asked_again_in_order_and_in_the_end_it_is_dead_and_visible(database, vault, clock, answer, said):
    with Loopback(lambda _: answer) as there, httpx.Client() as http:
        teller = Teller(database, office_of(vault), clock, [there.url], http)
        with database.write() as session:
            hook, _ = registered(session, vault, clock, there.url, ["send", "receive"])
            at(session, office_of(vault), clock.now(), last="receive")
        assert run(database, clock, teller, 3) == [f"hook: {said}"]
        assert states(database, hook) == [("failed", 1, said)]
        for _ in range(jobs.MAX_ATTEMPTS - 1):
            clock.shift(timedelta(minutes=6))
            run(database, clock, teller, 1)
    with database.read() as session:
        dead = jobs.dead(session, hook.unit)
    assert [(job.kind, job.error) for job in dead] == [("hook", f"hook: {said}")]
    assert states(database, hook) == [("dead", jobs.MAX_ATTEMPTS, said)]
    assert len({request.headers["motcua-id"] for request in there.requests}) == 1


def test_a_deaf_address_holds_up_no_other_dossier(database, vault, clock):
    deaf = set()
    with Loopback(lambda request: Served(500 if json.loads(request.body)["dossier"] in deaf else 200)) as there, httpx.Client() as http:
        with database.write() as session:
            hook, _ = registered(session, vault, clock, there.url, ["send"])
            first, _ = (at(session, office_of(vault), clock.now(), ref=ref, phone=phone) for ref, phone in (("a", "+84981110001"), ("b", "+84981110002")))
        deaf.add(first.code)
        run(database, clock, Teller(database, office_of(vault), clock, [there.url], http))
    assert sorted(state for state, _, _ in states(database, hook)) == ["delivered", "failed"]


@pytest.mark.parametrize("ended", [True, False])
def test_an_ended_hook_or_one_outside_the_list_is_told_nothing_more(database, vault, clock, ended):
    with Loopback(lambda _: Served(200)) as there, httpx.Client() as http:
        with database.write() as session:
            hook, _ = registered(session, vault, clock, there.url, ["send"])
            at(session, office_of(vault), clock.now())
            if ended:
                hooks.end(session, office_of(vault), hook.id)
        run(database, clock, Teller(database, office_of(vault), clock, [there.url] if ended else [], http))
        assert there.requests == [] and states(database, hook) == [("dropped", 1, "ended" if ended else "origin")]


def test_an_event_that_is_rolled_back_tells_nobody(database, vault, clock):
    with database.write() as session:
        registered(session, vault, clock, "https://he-thong.example/tin")
        dossier = at(session, office_of(vault), clock.now(), last="receive")
    with database.read() as session:
        before = session.query(jobs.Job).filter_by(kind="hook").count()
    with pytest.raises(Refused), database.write() as session:
        row = session.get(Dossier, dossier.id)
        act(session, office_of(vault), row, "process", clock.now(), BINH)
        act(session, office_of(vault), row, "return", clock.now(), BINH)
    with database.read() as session:
        assert session.query(jobs.Job).filter_by(kind="hook").count() == before == 2


@pytest.mark.parametrize(("url", "origin"), [
    ("https://he-thong.example/tin?x=1", "https://he-thong.example:443"),
    ("https://HE-THONG.example:8443", "https://he-thong.example:8443"),
    ("http://127.0.0.1:9000/a", "http://127.0.0.1:9000"),
    ("http://10.1.2.3/", "http://10.1.2.3:80"),
    ("http://localhost/", "http://localhost:80"),
    ("http://he-thong.example/", None),
    ("http://8.8.8.8/", None),
    ("https://ten:mk@he-thong.example/", None),
    ("file:///etc/passwd", None),
    ("gopher://he-thong.example", None),
    ("https://", None),
    ("https://a:99999999/", None),
    ("", None),
])  # fmt: skip
def test_where_an_address_leads(url, origin):
    assert hooks.origin(url) == origin


@pytest.mark.parametrize(("url", "listed", "fits"), [
    ("https://he-thong.example/a", ["https://he-thong.example"], True),
    ("https://he-thong.example:444/a", ["https://he-thong.example"], False),
    ("https://he-thong.example.evil.example/", ["https://he-thong.example"], False),
    ("https://he-thong.example@evil.example/", ["https://he-thong.example"], False),
    ("http://127.0.0.1:8000/", [], False),
    ("http://169.254.169.254/", ["https://he-thong.example"], False),
    ("", [""], False),
])  # fmt: skip
def test_only_registered_origins_may_be_told(url, listed, fits):
    assert hooks.allowed(url, listed) is fits


def test_by_rest_an_address_is_registered_listed_looked_after_and_ended(tmp_path, clock):
    with Loopback(lambda _: Served(200)) as there, house(tmp_path, clock, HOOK_ORIGINS=there.url) as home:
        desk = Desk(home)
        system = System(desk, token(desk))
        assert problem(system.post("/hooks", {"url": "https://evil.example/"})) == (422, "hook_origin")
        assert problem(system.post("/hooks", {"url": there.url, "events": ["jump"]})) == (422, "hook_event")
        made = system.post("/hooks", {"url": there.url + "/tin", "events": ["send"]})
        assert made.status_code == 201 and len(made.json()["secret"]) == 43
        assert system.get("/hooks").json()["items"] == [{k: v for k, v in made.json().items() if k != "secret"}]
        system.sent()
        home.idle()
        path = f"/hooks/{made.json()['id']}"
        assert [(one["state"], one["answer"]) for one in system.get(path + "/deliveries").json()["items"]] == [("delivered", "200")]
        assert there.url in desk.client("quantri").get("/console/tokens").text
        assert system.http.delete(path).status_code == 204 and system.get("/hooks").json()["items"] == []


def test_by_default_nobody_can_be_told(portal):
    assert problem(portal.post("/hooks", {"url": "http://127.0.0.1:9000/"})) == (422, "hook_origin")
