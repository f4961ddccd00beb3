"""Who works here, as what and from when: nobody changes themselves, what signs takes two, nothing is lost, every act is a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from backend.office import absences, audit, positions, register, staff, tasks
from backend.office.kit import Actor, Refused
from backend.store.tables import Conversation, Dossier, Event, Staff, StaffEvent, StaffSession
from tests.office.kit import BINH, CHIEN, DUNG, HOA, UNIT, VAN, office_of
from tests.office.lives import act, at
from tests.office.staffed import four, member

DAY = timedelta(days=1)
TODAY = date(2026, 11, 23)
FIRST = staff.FirstPassword("a-first-one", "hash of a first one")
CLERK = positions.Wanted("Công chức", "Phòng Kinh tế", ("tiepnhan",), (), "QĐ 12/2026", TODAY)
LEADER = replace(CLERK, position="Phó Chủ tịch", roles=("lanhdao",))


@pytest.fixture
def office(vault):
    return office_of(vault)


@pytest.fixture
def quan(database, clock) -> Actor:
    """The administrator, beside Bình, Chiến, Hoa and Vân."""
    with database.write() as session:
        four(session, clock.now())
        return member(session, "Hoàng Văn Quân", ("quantri",), clock.now())


def add(session, office, wanted, actor, now, login="sau"):
    return positions.add(session, office, login, "Lý Văn Sáu", wanted, FIRST, actor, now)


def acts(session, staff_id=None) -> list[str]:
    return [line.action for line in reversed(register.lines(session, UNIT, staff_id))]


def roles(session, staff_id) -> list[str]:
    return session.get(Staff, staff_id, populate_existing=True).roles


class TestTakingIn:
    """A new account has a first password and its roles at once, on its day, or when a second person has agreed."""

    def test_a_clerk_is_there_at_once(self, database, office, clock, quan):
        with database.write() as session:
            row, waits = add(session, office, replace(CLERK, fields=("Hộ tịch",)), quan, clock.now())
            assert (row.roles, row.fields, row.office, waits) == (["tiepnhan"], ["Hộ tịch"], "Phòng Kinh tế", None)
            assert row.password_until == clock.now() + staff.FIRST_LIFE
            assert acts(session) == ["added"] and audit.verify(session, office.vault) == []

    def test_one_who_begins_next_week_has_no_role_until_then(self, database, office, clock, quan):
        with database.write() as session:
            row, waits = add(session, office, replace(CLERK, from_day=TODAY + 7 * DAY), quan, clock.now())
            assert (row.roles, waits.action) == ([], "set")
            clock.shift(6 * DAY)
            assert (positions.begin_due(session, office, clock.now()), roles(session, row.id)) == (0, [])
            clock.shift(DAY)
            assert (positions.begin_due(session, office, clock.now()), roles(session, row.id)) == (1, ["tiepnhan"])
            assert positions.begin_due(session, office, clock.now()) == 0
            assert acts(session) == ["added", "set", "begun"] and audit.verify(session, office.vault) == []

    def test_a_leader_takes_a_second_person(self, database, office, clock, quan):
        with database.write() as session:
            row, waits = add(session, office, LEADER, quan, clock.now())
            assert (row.roles, waits.action) == ([], "asked")
            with pytest.raises(Refused, match="same_asker"):
                positions.agree(session, office, waits.id, FIRST, quan, clock.now())
            with pytest.raises(Refused, match="staff_self"):
                positions.agree(session, office, waits.id, FIRST, staff.actor(row), clock.now())
        with database.write() as session:
            positions.agree(session, office, waits.id, FIRST, HOA, clock.now())
            assert roles(session, row.id) == ["lanhdao"]
            assert acts(session) == ["added", "asked", "agreed", "set", "begun"] and audit.verify(session, office.vault) == []
            with pytest.raises(Refused, match="line_settled_already"):
                positions.agree(session, office, waits.id, FIRST, HOA, clock.now())

    def test_where_nobody_else_could_agree_the_first_administrator_decides(self, database, office, clock):
        with database.write() as session:
            alone = member(session, "Hoàng Văn Quân", ("quantri",), clock.now())
            row, waits = add(session, office, LEADER, alone, clock.now())
            assert (row.roles, waits) == (["lanhdao"], None)

    @pytest.mark.parametrize(
        ("login", "name", "changes", "reason"),
        [
            ("Sáu", "Lý Văn Sáu", {}, "login_unreadable"),
            ("s", "Lý Văn Sáu", {}, "login_unreadable"),
            (BINH.id, "Lý Văn Sáu", {}, "login_taken"),
            ("sau", "Sáu", {}, "staff_name"),
            ("sau", "Lý Văn Sáu", {"roles": ()}, "roles_none"),
            ("sau", "Lý Văn Sáu", {"roles": ("vua",)}, "role_unknown"),
            ("sau", "Lý Văn Sáu", {"fields": ("Bói toán",)}, "field_unknown"),
            ("sau", "Lý Văn Sáu", {"position": ""}, "staff_position"),
            ("sau", "Lý Văn Sáu", {"office": " "}, "staff_office"),
            ("sau", "Lý Văn Sáu", {"ground": ""}, "staff_ground"),
            ("sau", "Lý Văn Sáu", {"from_day": TODAY - DAY}, "from_past"),
            ("sau", "Lý Văn Sáu", {"from_day": TODAY + 400 * DAY}, "from_far"),
        ],
    )
    def test_what_cannot_be_written_says_why_and_leaves_nothing(self, database, office, clock, quan, login, name, changes, reason):
        with pytest.raises(Refused) as refused, database.write() as session:
            positions.add(session, office, login, name, replace(CLERK, **changes), FIRST, quan, clock.now())
        assert refused.value.reason == reason
        with database.read() as session:
            assert register.lines(session, UNIT) == [] and session.scalar(select(Staff).where(Staff.name == "Lý Văn Sáu")) is None


class TestChanging:
    """Other roles or fields from a day on; the old ones hold until then."""

    def test_fields_and_roles_change_on_their_day(self, database, office, clock, quan):
        wanted = replace(CLERK, roles=("chuyenmon", "tiepnhan"), fields=("Đất đai",), from_day=TODAY + 3 * DAY)
        with database.write() as session:
            positions.change(session, office, BINH.id, wanted, HOA, clock.now())
            assert roles(session, BINH.id) == ["tiepnhan"]
            with pytest.raises(Refused, match="change_waits"):
                positions.change(session, office, BINH.id, CLERK, quan, clock.now())
            clock.shift(3 * DAY)
            positions.begin_due(session, office, clock.now())
            row = session.get(Staff, BINH.id)
            assert (row.roles, row.fields, row.position) == (["chuyenmon", "tiepnhan"], ["Đất đai"], "Công chức")
            with pytest.raises(Refused, match="same_position"):
                positions.change(session, office, BINH.id, replace(wanted, from_day=TODAY + 3 * DAY), HOA, clock.now())

    def test_what_has_not_begun_can_be_taken_back(self, database, office, clock, quan):
        with database.write() as session:
            line = positions.change(session, office, BINH.id, replace(CLERK, from_day=TODAY + DAY), HOA, clock.now())
            assert positions.take_back(session, office, line.id, quan, clock.now()).action == "dropped"
            clock.shift(2 * DAY)
            assert positions.begin_due(session, office, clock.now()) == 0 and audit.verify(session, office.vault) == []

    @pytest.mark.parametrize(
        ("before", "fields", "wanted", "held", "takes_two"),
        [
            (("tiepnhan",), (), ("chuyenmon",), (), False),
            (("tiepnhan",), (), ("tiepnhan", "lanhdao"), ("Hộ tịch",), True),
            (("vanthu",), (), ("quantri",), (), True),
            (("lanhdao",), (), ("lanhdao",), ("Hộ tịch",), False),
            (("lanhdao",), ("Hộ tịch",), ("lanhdao",), (), True),
            (("lanhdao",), ("Hộ tịch",), ("lanhdao",), ("Đất đai",), True),
            (("lanhdao",), (), ("vanthu",), (), False),
        ],
    )
    def test_more_of_what_signs_takes_two_less_of_it_does_not(self, database, office, clock, quan, before, fields, wanted, held, takes_two):
        with database.write() as session:
            six = member(session, "Lý Văn Sáu", before, clock.now(), fields=fields)
            line = positions.change(session, office, six.id, replace(CLERK, roles=wanted, fields=held), quan, clock.now())
            row = session.get(Staff, six.id)
            assert (line.action, row.roles, row.fields) == (("asked", list(before), list(fields)) if takes_two else ("set", sorted(wanted), list(held)))

    def test_a_second_person_may_say_no(self, database, office, clock, quan):
        with database.write() as session:
            line = positions.change(session, office, BINH.id, LEADER, quan, clock.now())
            assert positions.take_back(session, office, line.id, HOA, clock.now()).action == "declined"
            assert roles(session, BINH.id) == ["tiepnhan"] and register.open_lines(session, UNIT) == []

    def test_nobody_changes_themselves_or_somebody_of_another_unit(self, database, office, clock, quan):
        with database.write() as session:
            member(session, "Dũng", DUNG.roles, clock.now(), id=DUNG.id, unit=DUNG.unit)
            for who, reason in ((HOA.id, "staff_self"), (DUNG.id, "staff_unknown"), ("nobody", "staff_unknown")):
                for refused in (
                    lambda: positions.change(session, office, who, LEADER, HOA, clock.now()),
                    lambda: positions.reset(session, office, who, FIRST, HOA, clock.now()),
                    lambda: positions.end(session, office, who, "QĐ 1/2026", None, HOA, clock.now()),
                ):
                    with pytest.raises(Refused, match=reason):
                        refused()

    def test_nobody_names_themselves_a_substitute(self, database, office, clock, quan):
        with database.write() as session, pytest.raises(Refused, match="substitute_self"):
            absences.give(session, HOA.id, quan.id, clock.now(), clock.now() + DAY, "đi họp", quan, clock.now())

    def test_somebody_who_may_manage_always_stays(self, database, office, clock, quan):
        with database.write() as session:
            absences.give(session, HOA.id, VAN.id, clock.now(), clock.now() + DAY, "ốm", quan, clock.now())
            van = absences.acting(session, VAN, clock.now())
            line = positions.change(session, office, quan.id, CLERK, van, clock.now())
            assert (roles(session, quan.id), line.on_behalf) == (["tiepnhan"], HOA.id)
            for gone in (lambda: positions.change(session, office, HOA.id, CLERK, van, clock.now()), lambda: positions.end(session, office, HOA.id, "QĐ 1", None, van, clock.now())):
                with pytest.raises(Refused, match="last_manager"):
                    gone()


class TestEnding:
    """An account is closed, never deleted; what its owner held goes to somebody who is named."""

    def given(self, database, office, clock, count=2) -> list[str]:
        with database.write() as session:
            rows = [at(session, office, clock.now(), "process", ref=f"m{n}-1", phone=f"+8498111004{n}") for n in range(count)]
            for row in rows:
                act(session, office, row, "assign", clock.now(), HOA, staff=CHIEN.id)
            return [row.id for row in rows]

    def test_open_dossiers_go_to_the_one_who_is_named_each_by_its_own_event(self, database, office, clock, quan):
        ids = self.given(database, office, clock)
        with database.read() as session, pytest.raises(Refused) as refused:
            positions.may_end(session, office, CHIEN.id, "QĐ 9/2026", None, HOA, clock.now())
        assert (refused.value.reason, refused.value.params) == ("has_dossiers", {"count": 2})
        with database.write() as session, pytest.raises(Refused, match="has_dossiers"):
            positions.end(session, office, CHIEN.id, "QĐ 9/2026", BINH.id, HOA, clock.now())
        assert positions.hand_on(database, office, CHIEN.id, BINH.id, HOA, clock.now()) == []
        with database.write() as session:
            positions.end(session, office, CHIEN.id, "QĐ 9/2026", BINH.id, HOA, clock.now())
            row = session.get(Staff, CHIEN.id)
            assert (row.roles, row.closed_at, row.name) == ([], clock.now(), CHIEN.name)
            assert {session.get(Dossier, id).assigned_to for id in ids} == {BINH.id}
            assert session.scalars(select(Event.action).where(Event.dossier_id == ids[0]).order_by(Event.seq.desc())).first() == "assign"
            assert CHIEN.id not in {one.id for one in staff.colleagues(session, UNIT)} and staff.names(session, UNIT)[CHIEN.id] == CHIEN.name
            assert audit.verify(session, office.vault) == []

    def test_who_may_not_assign_cannot_end_by_that_way_either(self, database, office, clock, quan):
        ids = self.given(database, office, clock, 1)
        assert [refused.reason for refused in positions.hand_on(database, office, CHIEN.id, BINH.id, quan, clock.now())] == ["wrong_role"]
        with database.read() as session:
            assert session.get(Dossier, ids[0]).assigned_to == CHIEN.id

    def test_browsers_end_and_a_held_conversation_speaks_again(self, database, office, clock, quan):
        with database.write() as session:
            dossier = at(session, office, clock.now(), "process")
            talk = session.get(Conversation, dossier.conversation_id)
            task = tasks.open_task(session, office, "person", clock.now(), conversation=talk)
            session.flush()
            tasks.take(session, task.id, BINH, clock.now())
            staff.sign_in(session, session.get(Staff, BINH.id), clock.now())
            positions.change(session, office, BINH.id, replace(CLERK, from_day=TODAY + DAY), HOA, clock.now())
        with database.write() as session:
            positions.end(session, office, BINH.id, "QĐ 9/2026", None, HOA, clock.now())
        with database.read() as session:
            again = tasks.open_tasks(session, UNIT)[0]
            assert (session.get(Conversation, talk.id).owner, again.taken_by, again.closed_at) == (None, None, None)
            assert session.scalars(select(StaffSession)).all() == [] and register.open_lines(session, UNIT) == []
            assert acts(session, BINH.id) == ["set", "ended", "dropped"]

    def test_who_stands_in_for_a_colleague_is_relieved_first(self, database, office, clock, quan):
        with database.write() as session:
            row = absences.give(session, CHIEN.id, VAN.id, clock.now() + DAY, clock.now() + 3 * DAY, "ốm", HOA, clock.now())
            with pytest.raises(Refused) as refused:
                positions.end(session, office, VAN.id, "QĐ 9/2026", None, HOA, clock.now())
            assert (refused.value.reason, refused.value.params["by"]) == ("stands_in", CHIEN.id)
            absences.end(session, row.id, HOA, clock.now())
            assert positions.end(session, office, VAN.id, "QĐ 9/2026", None, HOA, clock.now()).action == "ended"

    @pytest.mark.parametrize(("heir", "reason"), [(CHIEN.id, "heir_same"), (DUNG.id, "heir_unknown"), ("nobody", "heir_unknown")])
    def test_the_one_who_takes_over_is_somebody_else_of_this_unit(self, database, office, clock, quan, heir, reason):
        with database.write() as session:
            member(session, "Dũng", DUNG.roles, clock.now(), id=DUNG.id, unit=DUNG.unit)
            with pytest.raises(Refused, match=reason):
                positions.may_end(session, office, CHIEN.id, "QĐ 9/2026", heir, HOA, clock.now())


class TestPasswords:
    """A new password signs every browser out; of somebody who signs it takes a second person, who alone sees it."""

    def test_a_clerk_gets_one_at_once(self, database, office, clock, quan):
        with database.write() as session:
            staff.sign_in(session, session.get(Staff, BINH.id), clock.now())
            assert positions.reset(session, office, BINH.id, FIRST, HOA, clock.now()).action == "reset"
            row = session.get(Staff, BINH.id)
            assert (row.password_hash, row.password_until, session.scalars(select(StaffSession)).all()) == (FIRST.hash, clock.now() + staff.FIRST_LIFE, [])

    def test_of_one_who_signs_it_takes_a_third_person_where_there_is_one(self, database, office, clock, quan):
        with database.write() as session:
            seven = member(session, "Ma Thị Bảy", ("lanhdao",), clock.now())
            line = positions.reset(session, office, HOA.id, FIRST, quan, clock.now())
            assert (line.action, session.get(Staff, HOA.id).password_hash) == ("asked", "none")
            positions.agree(session, office, line.id, FIRST, seven, clock.now())
            assert session.get(Staff, HOA.id).password_hash == FIRST.hash
            assert acts(session) == ["asked", "agreed", "reset"]

    def test_a_first_password_ends_and_one_of_ones_own_does_not(self, database, office, clock, quan):
        made = staff.first_password()
        with database.write() as session:
            row, _ = positions.add(session, office, "sau", "Lý Văn Sáu", CLERK, made, quan, clock.now())
            assert staff.check(session, "sau", made.text, clock.now(), demo=False).id == row.id
            with pytest.raises(Refused, match="password_over"):
                staff.check(session, "sau", made.text, clock.now() + 4 * DAY, demo=False)
            positions.own_password(session, office, staff.actor(row), staff.hashed("mat-khau-cua-sau"), "token", clock.now())
            assert staff.check(session, "sau", "mat-khau-cua-sau", clock.now() + 400 * DAY, demo=False).id == row.id
            assert acts(session) == ["added", "password"]


class TestRegister:
    """What was written past the page, or into the register afterwards, is named."""

    def touched(self, database, office, clock, quan, touch) -> list[str]:
        with database.write() as session:
            row, _ = add(session, office, CLERK, quan, clock.now())
            positions.change(session, office, row.id, replace(CLERK, roles=("chuyenmon",)), quan, clock.now())
            clock.shift(DAY)
            touch(session, row)
            session.flush()
            return audit.verify(session, office.vault)

    @pytest.mark.parametrize(
        ("touch", "said"),
        [
            (lambda session, row: None, None),
            (lambda session, row: setattr(row, "roles", ["lanhdao"]), "account sau: its roles are not what"),
            (lambda session, row: setattr(register.lines(session, UNIT)[-1], "actor", "Dũng"), "was changed"),
            (lambda session, row: setattr(register.lines(session, UNIT)[-1], "data", {"roles": ["lanhdao"]}), "was changed"),
            (lambda session, row: session.delete(register.lines(session, UNIT)[0]), "lines are missing at the end"),
            (lambda session, row: setattr(register.lines(session, UNIT)[0], "seq", 9), "line 3 is missing"),
            (lambda session, row: member(session, "Dũng", ("lanhdao",), row.created_at + DAY), "was made past the register"),
        ],
    )
    def test_verifying_names_what_was_touched(self, database, office, clock, quan, touch, said):
        found = self.touched(database, office, clock, quan, touch)
        assert (found == []) if said is None else any(said in line for line in found), found

    def test_an_account_of_the_command_line_stands_in_it(self, database, office, clock):
        with database.write() as session:
            row = member(session, "Hoàng Văn Quân", ("quantri",), clock.now())
            positions.note_added(session, office.vault, session.get(Staff, row.id), Actor("setup", UNIT), clock.now())
            assert audit.verify(session, office.vault) == [] and session.scalars(select(StaffEvent.actor)).all() == ["setup"]
