"""Members of staff: accounts of this machine with argon2, and their signed-in browsers.

argon2 takes about half a second of one core on a busy machine: always call from a thread, and limit sign-ins.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.office import api_tokens
from backend.office.access import ROLES
from backend.office.kit import Actor, Refused
from backend.store.tables import Staff, StaffSession
from backend.store.types import new_id

IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=14)
FIRST_LIFE = timedelta(days=3)
SHORTEST = 10
"""Letters of a password."""
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
DEMO_PASSWORD = "motcua-demo"
_DEMO = {
    "tiepnhan": ("Nông Thị Bình", "Cán bộ tiếp nhận, trả kết quả", "Trung tâm Phục vụ hành chính công"),
    "chuyenmon": ("Hà Văn Chiến", "Công chức Tư pháp - Hộ tịch", "Văn phòng HĐND và UBND"),
    "lanhdao": ("Triệu Thị Hoa", "Phó Chủ tịch UBND", "Lãnh đạo UBND"),
    "vanthu": ("Lường Thị Vân", "Văn thư", "Văn phòng HĐND và UBND"),
    "bientap": ("Ma Thị Biên", "Người soạn thủ tục", "Trung tâm Phục vụ hành chính công"),
    "quantri": ("Hoàng Văn Quân", "Quản trị", "Văn phòng HĐND và UBND"),
    "tinh": ("Dương Văn Tĩnh", "Cán bộ tỉnh", "Tỉnh"),
}
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody signs in with this")


def add(session: Session, unit: str, login: str, name: str, position: str, roles: list[str], password: str, now: datetime, *, demo=False, fields=()) -> Staff:
    """Write an account; `fields` are procedure fields its roles hold in, none = all. Raises Refused for an unknown role, a short password or a login that is taken."""
    known_roles(roles)
    row = open_account(session, unit, login, name, _demo_hash() if demo else hashed(password), now)
    row.position, row.roles, row.fields, row.demo = position, roles, list(fields), demo
    return row


def known_roles(roles: Iterable[str]) -> None:
    """Raise Refused("role_unknown") {roles} for a role that the table does not have."""
    if unknown := set(roles) - set(ROLES):
        raise Refused("role_unknown", roles=", ".join(sorted(unknown)))


def hashed(password: str) -> str:
    """Return the hash of a password; half a second of a core, so never inside a transaction that writes. Raises Refused("password_short")."""
    if len(password) < SHORTEST:
        raise Refused("password_short", least=SHORTEST)
    return _hasher.hash(password)


def open_account(session: Session, unit: str, login: str, name: str, password_hash: str, now: datetime) -> Staff:
    """Write an account without any role. Raises Refused: "login_unreadable", "login_taken"."""
    if not LOGIN.fullmatch(login):
        raise Refused("login_unreadable")
    if session.scalar(select(Staff.id).where(Staff.login == login)):
        raise Refused("login_taken")
    row = Staff(id=new_id(), unit=unit, login=login, name=name, position="", roles=[], fields=[], password_hash=password_hash, created_at=now)
    session.add(row)
    session.flush()
    return row


@dataclass(frozen=True)
class FirstPassword:
    """A password that somebody else hands over: shown once, good for some days, replaced at the first sign-in."""

    text: str
    hash: str


def first_password() -> FirstPassword:
    """Return a new one, 59 random bits in letters that are not mistaken for each other; outside any transaction, like `hashed`."""
    text = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    return FirstPassword(text, hashed(text))


def give_password(session: Session, row: Staff, first: FirstPassword, now: datetime) -> None:
    """Give an account a first password; its browsers are signed out."""
    row.password_hash, row.password_until = first.hash, now + FIRST_LIFE
    sign_out_all(session, row)


def choose_password(session: Session, row: Staff, password_hash: str, token: str) -> None:
    """Write a password that its owner chose; their other browsers are signed out."""
    row.password_hash, row.password_until = password_hash, None
    session.execute(delete(StaffSession).where(StaffSession.staff_id == row.id, StaffSession.token_hash != _hash(token)))


def close_account(session: Session, row: Staff, now: datetime) -> None:
    """Close an account: nobody signs in with it any more, its name stays in every history."""
    row.password_hash, row.roles, row.closed_at = "ended", [], now
    sign_out_all(session, row)


def sign_out_all(session: Session, row: Staff) -> None:
    """Forget every browser of an account."""
    session.execute(delete(StaffSession).where(StaffSession.staff_id == row.id))


@cache
def _demo_hash() -> str:
    """One hash for the seven accounts, whose password everybody knows: seven of them would cost three seconds of each first start."""
    return _hasher.hash(DEMO_PASSWORD)


def seed_demo(session: Session, unit: str, now: datetime) -> None:
    """Write one account per role, named like the role, once."""
    for role, (name, position, office) in _DEMO.items():
        if not session.scalar(select(Staff.id).where(Staff.login == role)):
            add(session, unit, role, name, position, [role], DEMO_PASSWORD, now, demo=True).office = office


def end_demo(session: Session, now: datetime) -> None:
    """Close the seeded accounts for good and sign their browsers out."""
    for row in session.scalars(select(Staff).where(Staff.demo, Staff.closed_at.is_(None))):
        close_account(session, row, now)


def fits(password_hash: str, password: str) -> bool:
    """Whether a password is the one of this hash."""
    try:
        return _hasher.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False


def check(session: Session, login: str, password: str, now: datetime, *, demo: bool) -> Staff:
    """Return the account. Raises Refused("sign_in") in the same time for a wrong login and a wrong password, "password_over" for a first one too old."""
    row = session.scalar(select(Staff).where(Staff.login == login))
    known = fits(row.password_hash if row else _NOBODY, password)
    if row is None or not known or row.closed_at or (row.demo and not demo):
        raise Refused("sign_in")
    if row.password_until and now > row.password_until:
        raise Refused("password_over")
    return row


def sign_in(session: Session, row: Staff, now: datetime) -> str:
    """Open a browser session and return its token, which is stored as a hash only."""
    token = secrets.token_urlsafe(32)
    session.add(StaffSession(token_hash=_hash(token), staff_id=row.id, csrf=secrets.token_urlsafe(24), created_at=now, seen_at=now))
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def signed_in(session: Session, token: str, now: datetime, *, demo: bool) -> tuple[Staff, StaffSession] | None:
    """Return who a token belongs to while it lives (8 h idle, 14 h in all), else None."""
    row = session.get(StaffSession, _hash(token))
    if row is None or now - row.seen_at > IDLE or now - row.created_at > ABSOLUTE:
        return None
    staff = session.get(Staff, row.staff_id)
    return None if staff.closed_at or (staff.demo and not demo) else (staff, row)


def seen(session: Session, token: str, now: datetime) -> None:
    """Note a sign of life of a browser."""
    session.execute(update(StaffSession).where(StaffSession.token_hash == _hash(token)).values(seen_at=now))


def carry_over(session: Session, by: timedelta) -> None:
    """Move every browser session along when the demo's clock is moved, so that nobody is thrown out by it."""
    for row in session.scalars(select(StaffSession)):
        row.created_at, row.seen_at = row.created_at + by, row.seen_at + by


def sign_out(session: Session, token: str) -> None:
    """Forget a browser session."""
    session.execute(delete(StaffSession).where(StaffSession.token_hash == _hash(token)))


def actor(row: Staff) -> Actor:
    """Return the account as the one who acts."""
    return Actor(row.id, row.unit, tuple(row.roles), row.name, tuple(row.fields))


def names(session: Session, unit: str) -> dict[str, str]:
    """Return id -> name of a unit's staff and of other systems that may act there, for showing who did what."""
    people = dict(session.execute(select(Staff.id, Staff.name).where(Staff.unit == unit)).all())
    return api_tokens.names(session, unit) | people


def colleagues(session: Session, unit: str) -> list[Staff]:
    """Return a unit's open accounts, by name: whom work can be given to."""
    return list(session.scalars(select(Staff).where(Staff.unit == unit, Staff.closed_at.is_(None)).order_by(Staff.name)))
