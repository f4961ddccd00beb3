"""The photos of a dossier follow its hand-over: whole or not at all, from where the line broke, and never silently lost."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import delete, select, update

from backend.domain import exchange
from backend.doors.render import environment
from backend.office import case, exchange_files
from backend.office import exchange as office_exchange
from backend.office.exchange_files import Count
from backend.office.exchange_line import Line
from backend.store.tables import (
    Attachment,
    ExchangeFileIn,
    ExchangeFileOut,
    ExchangeOut,
    ExchangePiece,
    HandOver,
)
from backend.store.types import new_id
from backend.store.vault import SealBroken
from tests.exchange.kit import COMMUNE, KEY, PROVINCE, finish, hand_over
from tests.exchange.test_hand_over import received

PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 2500
"""Three pieces."""
SMALL = b"\x89PNG small"


def photo(side, dossier_id: str, content: bytes | None = PHOTO, paper: str | None = "chung_sinh", size: int | None = None, mime: str = "image/jpeg") -> str:
    """A photo that somebody sent; without content it has not been fetched."""
    row = Attachment(id=new_id(), unit=side.office.unit, dossier_id=dossier_id, paper=paper, mime=mime, created_at=side.clock.now())
    row.size, row.sha256 = len(content or b"") if size is None else size, hashlib.sha256(content or b"").hexdigest()
    row.content_sealed = side.office.vault.seal(content, f"attachment.content:{row.id}") if content is not None else None
    with side.database.write() as session:
        session.add(row)
    return row.id


def handed(side) -> str:
    return side.rows(HandOver)[-1].id


def counts(commune, province) -> tuple[Count, Count]:
    """(what the sender shows, what the other side shows)."""
    with commune.database.read() as here, province.database.read() as there:
        return exchange_files.sent_with(here, [handed(commune)])[handed(commune)], exchange_files.came_with(there, province.came()[0][0].id)


def files_there(province) -> list[tuple[str | None, str, bytes]]:
    with province.database.read() as session:
        rows = session.scalars(select(Attachment).order_by(Attachment.size.desc()))
        return [(row.paper, row.mime, case.attachment(session, province.office, row.id)[1]) for row in rows]


@pytest.fixture
def sent(pair):
    """(commune, province, our dossier) with two photos, handed over and not yet delivered."""
    commune, province = pair
    ours = received(commune)
    photo(commune, ours)
    photo(commune, ours, SMALL, None, mime="image/png")
    hand_over(commune, ours)
    return commune, province, ours


class Breaks(httpx.BaseTransport):
    """A real line on which the n-th request of a method is lost: before it arrives, or its answer after."""

    def __init__(self, method: str, nth: int, *, answer: bool):
        self.real, self.method, self.nth, self.answer, self.seen = httpx.HTTPTransport(), method, nth, answer, []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append((request.method, request.url.raw_path.decode()))
        breaks = request.method == self.method and Counter(m for m, _ in self.seen)[self.method] == self.nth
        if breaks and not self.answer:
            raise httpx.ConnectError("the line broke")
        found = self.real.handle_request(request)
        if breaks:
            found.read()
            raise httpx.ReadError("the line broke")
        return found


def by_line(side, line: Breaks) -> Breaks:
    side.serve(Line(side.database, side.office, side.clock, side.bell, httpx.Client(transport=line)))
    return line


def test_the_photos_arrive_with_their_papers_and_are_sealed_under_the_other_sides_key(sent):
    commune, province, _ = sent
    commune.work()
    assert files_there(province) == [("chung_sinh", "image/jpeg", PHOTO), (None, "image/png", SMALL)]
    assert counts(commune, province) == (Count(2, 2, 0), Count(2, 2, 0))
    assert {row.dossier_id for row in province.rows(Attachment)} == {province.came()[0][0].id}
    assert all(SMALL not in row.content_sealed for row in province.rows(Attachment)) and province.rows(ExchangePiece) == []
    with pytest.raises(SealBroken):
        [commune.office.vault.open_bytes(row.content_sealed, f"attachment.content:{row.id}") for row in province.rows(Attachment)]
    province.work()
    assert all(line.fits for line in commune.report() + province.report())


def test_until_they_have_arrived_the_hand_over_is_not_complete_and_the_dossier_is_there(sent):
    commune, province, _ = sent
    by_line(commune, Breaks("GET", 1, answer=False))
    commune.work()
    here, there = counts(commune, province)
    assert (len(province.came()), here.complete, there.complete, there.all) == (1, False, False, 2)
    assert [{p.what for p in line.problems} for line in commune.report() if not line.fits] == [{"waiting"}]


@pytest.mark.parametrize(("broken", "there", "here"), [
    (True, "Chuyển chưa đủ: còn 2 ảnh, giấy kèm theo chưa tới", "Ảnh, giấy kèm theo chưa đủ: đã sang 0 trong 2"),
    (False, None, None),
])  # fmt: skip
def test_both_sides_pages_say_that_something_is_missing_until_it_is_there(sent, broken, there, here):
    commune, province, ours = sent
    if broken:
        by_line(commune, Breaks("GET", 1, answer=False))
    commune.work()
    pages = [shown(commune, ours), shown(province, province.came()[0][0].id)]
    assert [("chưa đủ" in page) for page in pages] == [broken, broken]
    assert not broken or (here in pages[0] and there in pages[1])


def shown(side, dossier_id: str) -> str:
    """What the dossier's page says of hand-overs, and of where it came from."""
    with side.database.read() as session:
        found = case.load(session, side.office, side.again(dossier_id), side.clock.now())
    page = environment().get_template("elsewhere.html").module.elsewhere(found, {})
    source = environment().loader.get_source(environment(), "dossier.html")[0]
    line = next(line for line in source.splitlines() if "case.came.office" in line)
    return page + environment().from_string(line).render(case=found)


@pytest.mark.parametrize("answer", [False, True], ids=["request", "answer"])
@pytest.mark.parametrize(("method", "nth"), [("GET", 1), ("PUT", 1), ("PUT", 2), ("PUT", 3)])
def test_a_broken_line_goes_on_where_it_broke_and_doubles_nothing(sent, method, nth, answer):
    commune, province, _ = sent
    line = by_line(commune, Breaks(method, nth, answer=answer))
    for _ in range(3):
        commune.work()
        commune.clock.shift(timedelta(minutes=6))
    assert [content for _, _, content in files_there(province)] == [PHOTO, SMALL]
    assert counts(commune, province)[0].complete
    repeated = {path: times for (asked, path), times in Counter(line.seen).items() if asked == "PUT" and times > 1}
    assert sum(repeated.values()) == (2 if method == "PUT" and not answer else 0)


@pytest.mark.parametrize("why", ["gone", "changed", "unreadable"])
def test_a_photo_that_is_lost_leaves_the_hand_over_not_complete_on_both_sides_and_the_rest_goes_on(sent, why):
    commune, province, ours = sent
    with commune.database.write() as session:
        first = session.scalars(select(Attachment).where(Attachment.sha256 == hashlib.sha256(PHOTO).hexdigest())).one()
        other = {"changed": commune.office.vault.seal(b"another", f"attachment.content:{first.id}"), "unreadable": b"\x01broken"}.get(why)
        session.execute(update(Attachment).where(Attachment.id == first.id).values(content_sealed=other) if other else delete(Attachment).where(Attachment.id == first.id))
    commune.work()
    assert counts(commune, province) == (Count(2, 1, 1), Count(2, 1, 1))
    assert [row.reason for row in commune.rows(ExchangeFileOut) if row.state == "lost"] == [why]
    assert [content for _, _, content in files_there(province)] == [SMALL]
    theirs = province.came()[0][0]
    province.act(theirs.id, "receive")
    finish(province, theirs.id)
    province.work()
    assert commune.again(ours).status == "issued" and all(line.fits for line in commune.report())


@pytest.mark.parametrize(
    ("content", "size", "reason"), [(None, None, "not_fetched"), (SMALL, exchange.MOST_FILE + 1, "too_large")]
)
def test_a_file_that_cannot_go_is_named_and_counted_and_nothing_waits_for_it(pair, content, size, reason):
    commune, province = pair
    ours = received(commune)
    photo(commune, ours, content, size=size)
    hand_over(commune, ours)
    commune.work()
    assert counts(commune, province) == (Count(1, 0, 1), Count(1, 0, 1))
    assert ([row.reason for row in commune.rows(ExchangeFileOut)], commune.queued()) == ([reason], [])


def test_a_file_too_many_is_named_and_counted(pair):
    commune, province = pair
    ours = received(commune)
    for n in range(exchange.MOST_FILES + 1):
        photo(commune, ours, b"\xff\xd8\xff%d" % n)
    hand_over(commune, ours)
    commune.work()
    assert counts(commune, province)[1] == Count(exchange.MOST_FILES + 1, exchange.MOST_FILES, 1)


def test_a_file_of_an_unknown_kind_is_a_plain_download_there(pair):
    commune, province = pair
    ours = received(commune)
    photo(commune, ours, b"sound", None, mime="?")
    hand_over(commune, ours)
    commune.work()
    assert files_there(province) == [(None, "application/octet-stream", b"sound")]


def test_the_same_photo_twice_travels_once(pair):
    commune, province = pair
    ours = received(commune)
    photo(commune, ours), photo(commune, ours)
    hand_over(commune, ours)
    commune.work()
    assert counts(commune, province) == (Count(1, 1, 0), Count(1, 1, 0))


def test_a_photo_that_one_side_does_not_know_is_named_in_the_report(sent):
    commune, province, ours = sent
    commune.work()
    province.work()
    with province.database.write() as session:
        session.execute(delete(ExchangeFileIn).where(ExchangeFileIn.size == len(PHOTO)))
    [line] = [line for line in commune.report() if not line.fits]
    assert [(p.what, p.entry.kind, p.entry.code) for p in line.problems] == [("missing_there", "file", commune.again(ours).code)]


def test_a_withdrawn_dossier_sends_no_photo_any_more(sent):
    commune, province, ours = sent
    by_line(commune, Breaks("GET", 1, answer=False))
    commune.work()
    commune.act(ours, "withdraw", reason="dân rút")
    commune.clock.shift(timedelta(minutes=6))
    commune.work()
    assert files_there(province) == [] and {row.reason for row in commune.rows(ExchangeFileOut)} == {"closed"}
    province.work()
    assert {row.state for row in province.rows(ExchangeFileIn)} == {"lost"} and all(line.fits for line in commune.report())


def test_where_the_dossier_is_not_taken_no_photo_follows(pair):
    commune, _ = pair
    ours = received(commune)
    photo(commune, ours)
    hand_over(commune, ours)
    with commune.database.write() as session:
        row = session.scalars(select(ExchangeOut)).one()
        office_exchange.delivered(session, commune.office, row, {"id": row.id, "state": "refused", "reason": "procedure_unknown"}, commune.clock.now())
    assert (commune.again(ours).status, commune.rows(ExchangeFileOut)) == ("processing", [])


class TestTheDoor:
    """What a peer may bring, and what it is told."""

    @pytest.fixture
    def awaited(self, sent):
        """(province, path of the photo) with the message delivered and no piece of the photo brought."""
        commune, province, _ = sent
        by_line(commune, Breaks("GET", 1, answer=False))
        commune.work()
        return province, exchange.file_path(handed(commune), hashlib.sha256(PHOTO).hexdigest())

    def put(self, side, path: str, start: int, body: bytes, key: str = KEY, office: str = COMMUNE) -> httpx.Response:
        path = f"{path}?start={start}"
        return httpx.put(side.url + path, content=body, headers=exchange.signed(key, office, "PUT", path, side.clock.now(), "f1", body))

    def test_pieces_go_on_from_where_they_are(self, awaited):
        province, path = awaited
        said = [self.put(province, path, start, PHOTO[start : start + 300_000]).json() for start in (0, 0, 600_000, 300_000, 600_000, 600_000)]
        assert [(one["state"], one["have"]) for one in said] == [
            ("partial", 300_000), ("partial", 300_000), ("partial", 300_000), ("partial", 600_000), ("complete", len(PHOTO)), ("complete", len(PHOTO)),
        ]  # fmt: skip
        assert files_there(province) == [("chung_sinh", "image/jpeg", PHOTO)]

    @pytest.mark.parametrize(
        ("start", "body", "reason"),
        [(0, PHOTO + b"x", "file_too_long"), (0, bytes(len(PHOTO)), "file_differs")],
    )
    def test_what_was_not_named_is_refused_for_good_and_leaves_nothing(self, awaited, start, body, reason):
        province, path = awaited
        answer = self.put(province, path, start, body)
        assert (answer.status_code, answer.json()["reason"]) == (409, reason)
        assert (province.rows(ExchangePiece), province.rows(Attachment)) == ([], [])
        assert self.put(province, path, 0, PHOTO).json()["reason"] == "file_lost"

    @pytest.mark.parametrize("path", ["another", "hash"])
    def test_a_file_that_nobody_named_is_refused(self, awaited, path):
        province, named = awaited
        other = named.replace(named.split("/")[-2], "x" * 26) if path == "another" else named[:-1] + ("0" if named[-1] != "0" else "1")
        answer = self.put(province, other, 0, PHOTO)
        assert (answer.status_code, answer.json()["reason"]) == (409, "file_unknown")

    @pytest.mark.parametrize(("key", "office"), [("another key of the same length, or so", COMMUNE), (KEY, PROVINCE), (KEY, "H55.999")])
    def test_dung_without_the_key_brings_and_learns_nothing(self, awaited, key, office):
        province, path = awaited
        assert self.put(province, path, 0, PHOTO, key, office).status_code == 401
        assert httpx.get(province.url + path, headers=exchange.signed(key, office, "GET", path, province.clock.now(), "f1")).status_code == 401
        assert province.rows(ExchangePiece) == []

    def test_a_body_beyond_any_piece_is_not_read(self, awaited):
        province, path = awaited
        assert self.put(province, path, 0, bytes(1_000_001)).status_code == 413
