"""kill -9 of app, worker and understanding server while people text: nothing that came in is lost, order is kept.

MOTCUA_KILL_PHONES sets how many people file a birth at the same time (4 in the ordinary run, 30 for the long form: then
390 messages and 30 dossiers).
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from backend.office import drafts
from backend.settings import load_settings
from backend.store.migrate import migrate
from backend.store.tables import Conversation, Dossier, Job, Message
from bot import nlu_server
from main import wire
from tests.conftest import SECRET
from tests.fakes.loopback import Loopback, as_json
from tests.journeys.kit import free_port

pytestmark = pytest.mark.model
ROOT = Path(__file__).resolve().parents[2]
PHONES = int(os.environ.get("MOTCUA_KILL_PHONES", "4"))
TOKEN = "the gateway's token for tests"
ANSWERS = [
    ("la viec nao", "1"), ("Ong ba la gi", "1"), ("dang ky ket hon chua", "1"), ("de o dau", "1"), ("de ngay nao", "12/11/2026"),
    ("trai hay gai", "2"), ("ten chau la gi", "ban thi mai"), ("ME chau", "trieu thi nai"), ("BO chau", "trieu van tuan"),
    ("thon nao", "thon khuoi slung xa na ri"), ("1 Gui", "1"),
]  # fmt: skip
"""What a person types when the last text holds these words; the search that stands in for a dead server asks once more."""
THE_END = ("DA GUI", "cho can bo xem")
"""The news itself, or the stage when somebody asks because the news did not come."""
MOST_STEPS = 24
ANSWER_SECONDS = 90.0
PATIENCE = 12.0
"""Seconds after which a person of a gateway that may have lost our answer asks for it again."""
HTTP = httpx.Client(timeout=5, verify=False)
"""One for all: a client of its own per call would read the certificates of the world each time."""


class Gateway:
    """The provider's side: takes what we send, and knows who has been answered."""

    def __init__(self) -> None:
        self.ids: Counter[str] = Counter()
        self.screens: dict[str, list[str]] = {}
        self.news = threading.Condition()

    def serve(self, request):
        message = json.loads(request.body)
        with self.news:
            self.ids[message["id"]] += 1
            if self.ids[message["id"]] == 1:
                self.screens.setdefault(message["to"], []).append(message["text"])
            self.news.notify_all()
        return as_json(202, {"id": "g" + message["id"]})

    def wait(self, address: str, count: int, seconds: float) -> bool:
        """Whether more than `count` texts have come within the time."""
        with self.news:
            return self.news.wait_for(lambda: len(self.screens.get(address, [])) > count, seconds)


class Town:
    """The processes of one installation, to be killed and started again."""

    def __init__(self, environment: dict[str, str], apart: bool):
        self.environment = environment
        commands = {"app": ["serve", "--bare"], **({"worker": ["worker"]} if apart else {})}
        self.commands = {name: [sys.executable, "main.py", *words] for name, words in commands.items()}
        self.running: dict[str, subprocess.Popen] = {}
        self.kills: Counter[str] = Counter()

    def start(self, name: str) -> None:
        if name == "nlu":
            port, token = int(self.environment["NLU_URL"].rpartition(":")[2]), self.environment["NLU_TOKEN"]
            self.running[name] = nlu_server.start(ROOT, "127.0.0.1", port, token, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return
        workers = "0" if name == "app" and "worker" in self.commands else "2"
        environment = {**os.environ, **self.environment, "WORKERS": workers}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.running[name] = subprocess.Popen(self.commands[name], cwd=ROOT, env=environment, **quiet)

    def kill(self, name: str) -> None:
        self.running[name].kill()
        self.running[name].wait()
        self.kills[name] += 1
        self.start(name)

    def stop(self) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()


def deliver(url: str, address: str, message_id: str, text: str) -> None:
    """Bring one message as a provider does: the same id again until somebody says 200."""
    body = {"id": message_id, "from": address, "to": "8088", "text": text}
    for _ in range(400):
        try:
            answer = HTTP.post(url + "/channels/sms/receive", json=body, headers={"authorization": f"Bearer {TOKEN}"})
            if answer.status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError("the door never answered 200")


def live(url: str, gateway: Gateway, number: int, honours: bool, sent: set[str], failures: list) -> None:
    """File a birth, one answer at a time, until the phone says that it was sent; what may be lost is asked for again."""
    address, text, step = f"+8498111{number:04d}", "vo toi moi de, lam giay khai sinh the nao", 0
    try:
        while text:
            assert step < MOST_STEPS, "the form did not end"
            seen = len(gateway.screens.get(address, []))
            sent.add(f"m-{number}-{step}")
            deliver(url, address, f"m-{number}-{step}", text)
            text, step = next_text(gateway, address, seen, honours, text), step + 1
            time.sleep(0.5)
    except Exception as error:  # told by the main thread
        failures.append(f"{address} at step {step}: {error!r}, screen {gateway.screens.get(address, [])[-1:]}")


def next_text(gateway: Gateway, address: str, seen: int, honours: bool, before: str) -> str:
    """What to type now: the answer to what came, or a question for what did not come; "" at the end."""
    while (text := answer_to(gateway, address, seen)) is None:
        if not gateway.wait(address, len(gateway.screens.get(address, [])), ANSWER_SECONDS if honours else PATIENCE):
            assert not honours, f"no answer within {ANSWER_SECONDS} s"
            return "ho so den dau roi" if before in ("1", "ho so den dau roi") else "nhac lai"
    return text


def answer_to(gateway: Gateway, address: str, seen: int) -> str | None:
    """What to type to the texts after the first `seen`; "" once it was sent, None while the question has not come."""
    new = " ".join(gateway.screens.get(address, [])[seen:])
    if any(words in new for words in THE_END):
        return ""
    return next((answer for words, answer in ANSWERS if words in new), None)


def lives(url: str) -> bool:
    """Whether somebody answers there; a process that is killed while it starts would never serve anybody."""
    try:
        return HTTP.get(url).status_code < 500
    except httpx.HTTPError:
        return False


def answers(url: str) -> None:
    """Wait until the door lives again."""
    for _ in range(600):
        if lives(url + "/healthz"):
            return
        time.sleep(0.1)
    raise AssertionError("the door does not come back")


def run_town(tmp_path, database_url: str | None, honours: bool) -> tuple[Gateway, Town, object, set[str]]:
    """Let PHONES people file a birth while processes die at random; returns what is left."""
    gateway, random_ = Gateway(), random.Random(7)
    with Loopback(gateway.serve) as provider:
        environment = {
            "DATA_DIR": str(tmp_path / "data"), "PORT": str(free_port()), "SECRET_KEY": SECRET, "DEMO": "true", "LOG_LEVEL": "error",
            "SMS_GATEWAY_URL": provider.url + "/send", "SMS_GATEWAY_TOKEN": TOKEN, "SMS_FRAGMENT_SECONDS": "0",
            "SMS_GATEWAY_HONOURS_OUR_ID": str(honours).lower(), "NLU_URL": f"http://127.0.0.1:{free_port()}", "NLU_TOKEN": "a token for tests",
            **({"DATABASE_URL": database_url} if database_url else {}),
        }  # fmt: skip
        known = {name: environment[name] for name in ("DATA_DIR", "SECRET_KEY", "DEMO") if name in environment}
        wired = wire(load_settings(**known, DATABASE_URL=database_url))
        migrate(wired.database)
        wired.seed()
        town = Town(environment, apart=database_url is not None)
        for name in ("nlu", *town.commands):
            town.start(name)
        url, sent, failures = f"http://127.0.0.1:{environment['PORT']}", set(), []
        people = [threading.Thread(target=live, args=(url, gateway, n, honours, sent, failures)) for n in range(PHONES)]
        for thread in people:
            thread.start()
        while any(thread.is_alive() for thread in people):
            answers(url)
            time.sleep(random_.uniform(0.5, 2.5))
            town.kill(random_.choice([*town.commands, *(["nlu"] if lives(environment["NLU_URL"]) else [])]))
        for thread in people:
            thread.join()
        time.sleep(1)
        town.stop()
    assert failures == []
    return gateway, town, wired, sent


FORGETFUL = "sqlite, a gateway that does not know our id"


@pytest.mark.parametrize("kind", ["sqlite", FORGETFUL, pytest.param("postgres", marks=pytest.mark.servers)])
def test_nothing_is_lost_when_processes_are_killed(tmp_path, kind, request):
    address = None
    if kind == "postgres":
        address = request.getfixturevalue("postgres_database").engine.url.render_as_string(hide_password=False)
    gateway, town, wired, sent = run_town(tmp_path, address, honours=kind != FORGETFUL)
    assert town.kills
    with wired.database.read() as session:
        inbound = list(session.scalars(select(Message).where(Message.direction == "in").order_by(Message.created_at, Message.id)))
        assert Counter(m.provider_id for m in inbound) == dict.fromkeys(sent, 1)
        assert all(m.handled_at for m in inbound)
        for conversation in session.scalars(select(Conversation)):
            mine = [m for m in inbound if m.conversation_id == conversation.id]
            steps = [int(m.provider_id.rpartition("-")[2]) for m in sorted(mine, key=lambda m: (m.handled_at, m.id))]
            assert steps == sorted(steps)
        dossiers = list(session.scalars(select(Dossier)))
        assert [d.status for d in dossiers] == ["sent"] * PHONES
        assert len({d.code for d in dossiers}) == PHONES
        answers = [drafts.form_of(wired.office, d)["answers"] for d in dossiers]
        assert {a["child_dob"]["value"] for a in answers} == {"2026-11-12"}
        assert [job for job in session.scalars(select(Job)) if job.state == "dead"] == []
        out = list(session.scalars(select(Message).where(Message.direction == "out")))
    wired.close()
    unknown = {m.id for m in out if m.status == "unknown"}
    assert all(m.status in ("sent", "delivered") for m in out if m.id not in unknown)
    assert {m.id for m in out} - unknown <= set(gateway.ids) <= {m.id for m in out}
    repeats = sum(count - 1 for count in gateway.ids.values())
    assert repeats == 0 if kind == FORGETFUL else unknown == set()
    print(f"{kind}: {len(inbound)} messages, {len(dossiers)} dossiers, kills {dict(town.kills)}, repeats {repeats}, unknown {len(unknown)}")
