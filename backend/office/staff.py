"""Members of staff: accounts of this machine with argon2, and their signed-in browsers.

argon2 takes about half a second of one core on a busy machine: always call from a thread, and limit sign-ins.
"""

from __future__ import annotations

import hashlib
import secrets
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
DEMO_PASSWORD = "motcua-demo"
_DEMO = {
    "tiepnhan": ("Nông Thị Bình", "Cán bộ tiếp nhận, trả kết quả"),
    "chuyenmon": ("Hà Văn Chiến", "Công chức Tư pháp - Hộ tịch"),
    "lanhdao": ("Triệu Thị Hoa", "Phó Chủ tịch UBND"),
    "vanthu": ("Lường Thị Vân", "Văn thư"),
    "bientap": ("Ma Thị Biên", "Người soạn thủ tục"),
    "quantri": ("Hoàng Văn Quân", "Quản trị"),
    "tinh": ("Dương Văn Tĩnh", "Cán bộ tỉnh"),
}
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody signs in with this")


def add(session: Session, unit: str, login: str, name: str, position: str, roles: list[str], password: str, now: datetime, *, demo=False, fields=()) -> Staff:
    """Write an account; `fields` are procedure fields its roles hold in, none = all. Raises Refused for an unknown role, a short password or a login that is taken."""
    if unknown := set(roles) - set(ROLES):
        raise Refused("role_unknown", roles=", ".join(sorted(unknown)))
    if len(password) < 10:
        raise Refused("password_short")
    if session.scalar(select(Staff.id).where(Staff.login == login)):
        raise Refused("login_taken")
    row = Staff(id=new_id(), unit=unit, login=login, name=name, position=position, roles=roles, fields=list(fields), demo=demo, created_at=now)
    row.password_hash = _demo_hash() if demo else _hasher.hash(password)
    session.add(row)
    return row


@cache
def _demo_hash() -> str:
    """One hash for the seven accounts, whose password everybody knows: seven of them would cost three seconds of each first start."""
    return _hasher.hash(DEMO_PASSWORD)


def seed_demo(session: Session, unit: str, now: datetime) -> None:
    """Write one account per role, named like the role, once."""
    for role, (name, position) in _DEMO.items():
        if not session.scalar(select(Staff.id).where(Staff.login == role)):
            add(session, unit, role, name, position, [role], DEMO_PASSWORD, now, demo=True)


def end_demo(session: Session) -> None:
    """Close the seeded accounts for good and sign their browsers out."""
    for row in session.scalars(select(Staff).where(Staff.demo)):
        row.password_hash, row.roles = "ended", []
        session.execute(delete(StaffSession).where(StaffSession.staff_id == row.id))


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False


def check(session: Session, login: str, password: str, *, demo: bool) -> Staff:
    """Return the account. Raises Refused("sign_in") in the same time for a wrong login and a wrong password."""
    row = session.scalar(select(Staff).where(Staff.login == login))
    fits = _fits(row.password_hash if row else _NOBODY, password)
    if row is None or not fits or row.closed_at or (row.demo and not demo):
        raise Refused("sign_in")
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
