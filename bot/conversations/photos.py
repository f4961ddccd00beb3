"""Photos: fetching them, and reading the QR of a citizen's card, which holds what people would have to type.

Seven fields with bars between them: number | old number | name | ddmmyyyy | Nam/Nữ | address | day of issue.
"""

from __future__ import annotations

import io

import structlog
import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy.orm import Session

from backend.office import jobs
from backend.office.jobs import Claim
from backend.store.tables import Attachment, Message
from bot.channels.base import ChannelError, Media
from bot.conversations import receive
from bot.conversations.kit import Bot
from bot.dialogue.types import Card

log = structlog.get_logger()
Image.MAX_IMAGE_PIXELS = 50_000_000
"""A 7,000 × 7,000 photo; larger ones are kept as files and not opened (a bomb of pixels costs memory)."""
_FIELDS = 6
_SEXES = {"Nam": "male", "Nữ": "female"}


def fetch(bot: Bot, claim: Claim) -> None:
    """Handle a "fetch" job: bring a medium from the provider into its row, in the lane before its turn."""
    with bot.database.read() as session:
        row = session.get(Attachment, claim.ids["attachment"])
        channel = bot.channels[session.get(Message, claim.ids["message"]).channel]
        url = bot.office.vault.open(row.source_sealed, f"attachment.source:{row.id}") if row.source_sealed else None
        wanted = Media(mime=row.mime, url=url)
    content = _content(channel, wanted, claim) if url else None
    with bot.database.write() as session:
        jobs.finish(session, claim)
        if content is not None:
            receive.fill(bot, session.get(Attachment, claim.ids["attachment"]), content)


def _content(channel, wanted: Media, claim: Claim) -> Media | None:
    """Fetch, or give up after three tries: the turn must not wait for a photo for ever."""
    try:
        return channel.fetch(wanted)
    except ChannelError as error:
        if error.retry == "later" and claim.attempts < 3:
            raise jobs.Later(str(error)) from error
        log.warning("media.lost", reason=error.reason_key, code=error.code)
        return None


def card_in(session: Session, bot: Bot, ids: list[str]) -> Card | None:
    """Return what the QR of a card in these attachments says, None where none can be read."""
    for attachment_id in ids:
        row = session.get(Attachment, attachment_id)
        if row is None or row.content_sealed is None or not row.mime.startswith("image/"):
            continue
        content = bot.office.vault.open_bytes(row.content_sealed, f"attachment.content:{row.id}")
        if card := read_card(content):
            return card
    return None


def read_card(content: bytes) -> Card | None:
    """Return the card whose QR is in a picture, None for any other picture and for what is no picture."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            upright = ImageOps.exif_transpose(picture).convert("L")
            codes = zxingcpp.read_barcodes(upright, formats=zxingcpp.BarcodeFormat.QRCode)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return None
    return next((card for code in codes if (card := parse_card(code.text))), None)


def parse_card(text: str) -> Card | None:
    """Return the card of a QR text, None for other texts."""
    fields = text.split("|")
    if len(fields) < _FIELDS or not (fields[0].isascii() and fields[0].isdigit() and len(fields[0]) == 12):
        return None
    number, _, name, born, sex, address = (field.strip() for field in fields[:_FIELDS])
    if sex not in _SEXES or not (len(born) == 8 and born.isdigit()):
        return None
    return Card(number, name, f"{born[4:]}-{born[2:4]}-{born[:2]}", _SEXES[sex], address)
