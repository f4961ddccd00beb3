"""Zalo's events as they have been seen, with invented values: (label, event, what it must become)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from bot.channels.base import Inbound, Media, RawRequest, Receipt
from bot.channels.zalo_events import sign

APP, OA, MUI = "7641000000000000001", "7300000000000000002", "7638000000000000003"
SECRET = "dummy-oa-secret"
STAMP = "1795397398123"
AT = datetime(2026, 11, 23, 1, 29, 58, 123000, tzinfo=UTC)


def event(name: str, message: Any = None, **more: Any) -> dict[str, Any]:
    shape = {
        "event_name": name,
        "app_id": APP,
        "sender": {"id": MUI},
        "recipient": {"id": OA},
        "timestamp": STAMP,
    }
    return {**shape, **({} if message is None else {"message": message}), **more}


def posted(
    data: Any, secret: str = SECRET, app: str = APP, stamp: str | None = None, **headers: str
) -> RawRequest:
    raw = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
    stamp = (data.get("timestamp", "") if isinstance(data, dict) else "") if stamp is None else stamp
    given = {"x-zevent-signature": sign(app, raw, str(stamp), secret), **headers}
    return RawRequest("POST", "/channels/zalo/receive", "", given, raw)


def _with(kind: str, payload: Any, **message: Any) -> dict[str, Any]:
    return {"msg_id": "m1", "attachments": [{"type": kind, "payload": payload}], **message}


def _in(kind: str, name: str, text: str = "", media: tuple[Media, ...] = (), **more: Any) -> Inbound:
    extra = {"event": name, **more.pop("extra", {})}
    return Inbound("m1", MUI, text, AT, kind, media, raw_id="m1", extra=extra, **more)


PHOTO = "https://f20-zpc.zdn.vn/a.jpg"
NOTE = "https://f1-voice-aac-dl.zdn.vn/n.aac"
NOT_MINE = {"sender": {"id": OA}, "recipient": {"id": MUI}}

SEEN: list[tuple[str, dict[str, Any], list[Inbound | Receipt]]] = [
    ("text", event("user_send_text", {"msg_id": "m1", "text": "vợ tôi mới đẻ"}), [_in("text", "user_send_text", "vợ tôi mới đẻ")]),
    ("button: a text like any other", event("user_send_text", {"msg_id": "m1", "text": "1"}), [_in("text", "user_send_text", "1")]),
    ("text, decomposed, with NUL", event("user_send_text", {"msg_id": "m1", "text": "cha\u0300o\x00"}), [_in("text", "user_send_text", "chào")]),
    ("text of nothing", event("user_send_text", {"msg_id": "m1"}), [_in("text", "user_send_text")]),
    ("text, user_by_app", event("user_send_text", {"msg_id": "m1", "text": "a"}, user_id_by_app="7"), [_in("text", "user_send_text", "a")]),
    ("text that quotes", event("user_send_text", {"msg_id": "m1", "text": "a", "quote_msg_id": "m0"}),
     [_in("text", "user_send_text", "a", extra={"quoted": "m0"})]),
    ("photo", event("user_send_image", _with("image", {"url": PHOTO, "thumbnail": PHOTO}, text="giấy chứng sinh")),
     [_in("photo", "user_send_image", "giấy chứng sinh", (Media(url=PHOTO),))]),
    ("photo of the console's test", event("user_send_image", _with("image", {"url": "url_to_thumbnail"})),
     [_in("photo", "user_send_image", media=(Media(url="url_to_thumbnail"),))]),
    ("gif", event("user_send_gif", _with("gif", {"url": PHOTO})), [_in("photo", "user_send_gif", media=(Media(url=PHOTO),))]),
    ("voice", event("user_send_audio", _with("audio", {"url": NOTE})), [_in("voice", "user_send_audio", media=(Media(url=NOTE),))]),
    ("video", event("user_send_video", _with("video", {"url": PHOTO, "description": "d"})), [_in("other", "user_send_video", media=(Media(url=PHOTO),))]),
    ("a paper sent as a file", event("user_send_file", _with("file", {"url": PHOTO, "size": "9", "name": "giấy.PDF", "type": "pdf"})),
     [_in("photo", "user_send_file", media=(Media(name="giấy.PDF", url=PHOTO),))]),
    ("a recording sent as a file", event("user_send_file", _with("file", {"url": NOTE, "name": "n", "type": "M4A"})),
     [_in("voice", "user_send_file", media=(Media(name="n", url=NOTE),))]),
    ("a file of words", event("user_send_file", _with("file", {"url": PHOTO, "name": "don.docx", "type": "docx"})),
     [_in("other", "user_send_file", media=(Media(name="don.docx", url=PHOTO),))]),
    ("sticker", event("user_send_sticker", _with("sticker", {"id": "s", "url": "link"})), [_in("sticker", "user_send_sticker")]),
    ("link", event("user_send_link", _with("link", {"url": "https://x.example", "thumbnail": "t"})),
     [_in("other", "user_send_link", extra={"link": "https://x.example"})]),
    ("place", event("user_send_location", _with("location", {"coordinates": {"latitude": "22.1470", "longitude": "105.8348"}}, text="Nà Pài")),
     [_in("location", "user_send_location", "Nà Pài", extra={"latitude": "22.1470", "longitude": "105.8348"})]),
    ("business card", event("user_send_business_card", {"msg_id": "m1", "text": ""}), [_in("contact", "user_send_business_card")]),
    ("shared data, two levels", event("user_submit_info", info={
        "name": "Lý Thị Mùi", "phone": "84912345678", "user_dob": "30/10/1999",
        "full_address": {"user_city": "Tỉnh Mẫu", "user_ward": "Xã Mẫu", "user_address": "Thôn 1"}}),
     [Inbound("*", MUI, "", AT, "contact", extra={
         "event": "user_submit_info", "name": "Lý Thị Mùi", "phone": "+84912345678", "birth_date": "30/10/1999",
         "address": "Thôn 1, Xã Mẫu, Tỉnh Mẫu"})]),
    ("shared data, three levels", event("user_submit_info", info={
        "name": "Lý Thị Mùi", "phone": "84912345678", "address": "Thôn 1", "ward": "Xã Mẫu", "district": "Huyện Mẫu", "city": "Tỉnh Mẫu"}),
     [Inbound("*", MUI, "", AT, "contact", extra={
         "event": "user_submit_info", "name": "Lý Thị Mùi", "phone": "+84912345678",
         "address": "Thôn 1, Xã Mẫu, Huyện Mẫu, Tỉnh Mẫu"})]),
    ("follow", {"event_name": "follow", "app_id": APP, "oa_id": OA, "follower": {"id": MUI}, "source": "oa_profile", "timestamp": STAMP},
     [Inbound("*", MUI, "", AT, "follow", extra={"event": "follow"})]),
    ("unfollow", {"event_name": "unfollow", "app_id": APP, "oa_id": OA, "follower": {"id": MUI}, "timestamp": STAMP},
     [Inbound("*", MUI, "", AT, "unfollow", extra={"event": "unfollow"}, answerable=False)]),
    ("chat button", event("user_click_chatnow"), [Inbound("*", MUI, "", AT, "click", extra={"event": "user_click_chatnow"})]),
    ("reaction", event("user_reacted_message", {"msg_id": "m1", "react_icon": "/-heart"}), [_in("other", "user_reacted_message", answerable=False)]),
    ("message taken back", event("user_withdraw", {"msg_id": "m1"}), [_in("other", "user_withdraw", answerable=False)]),
    ("anonymous visitor", event("anonymous_send_text", {"msg_id": "m1", "text": "alo"}), [_in("other", "anonymous_send_text", "alo", answerable=False)]),
    ("tag", {"event_name": "add_user_to_tag", "app_id": APP, "oa_id": OA, "timestamp": STAMP},
     [Inbound("*", OA, "", AT, "other", extra={"event": "add_user_to_tag"}, answerable=False)]),
    ("template approved", {"event_name": "change_template_status", "app_id": APP, "oa_id": OA, "timestamp": STAMP, "status": {"new": "ENABLE"}},
     [Inbound("*", OA, "", AT, "other", extra={"event": "change_template_status"}, answerable=False)]),
    ("an event of tomorrow", event("user_send_hologram", {"msg_id": "m1"}), [_in("other", "user_send_hologram", answerable=False)]),
    ("an event without a name", {"app_id": APP, "timestamp": STAMP},
     [Inbound("*", "", "", AT, "other", extra={"event": ""}, answerable=False)]),
    ("echo of what we sent", event("oa_send_text", {"msg_id": "m1", "text": "Chào anh"}, **NOT_MINE), []),
    ("a colleague wrote", event("oa_send_text", {"msg_id": "m1", "text": "Chị gọi số này nhé", "admin_id": "9"}, **NOT_MINE),
     [Inbound("m1", MUI, "Chị gọi số này nhé", AT, "other", raw_id="m1", extra={"event": "oa_send_text", "admin_id": "9"}, answerable=False)]),
    ("our reaction", event("oa_reacted_message", {"msg_id": "m1"}, **NOT_MINE), []),
    ("delivered, by user", event("user_received_message", {"msg_id": "z1", "delivery_time": STAMP}, **NOT_MINE), [Receipt("delivered", "z1")]),
    ("delivered, by phone", event("user_received_message", {"msg_id": "z1", "tracking_id": "o1"}, **NOT_MINE), [Receipt("delivered", "z1", "o1")]),
    ("seen", event("user_seen_message", {"msg_ids": ["z1", "z2"]}, **NOT_MINE), [Receipt("seen", "z1"), Receipt("seen", "z2")]),
    ("seen nothing", event("user_seen_message", {"msg_ids": None}, **NOT_MINE), []),
    ("numbers instead of strings", {**event("user_send_text", {"msg_id": "m1", "text": "a"}), "timestamp": int(STAMP), "app_id": int(APP)},
     [_in("text", "user_send_text", "a")]),
    ("attachments that are none", event("user_send_image", {"msg_id": "m1", "attachments": "x"}), [_in("photo", "user_send_image")]),
    ("attachment without payload", event("user_send_location", {"msg_id": "m1", "attachments": [{"type": "location"}, 7]}),
     [_in("location", "user_send_location", extra={"latitude": "", "longitude": ""})]),
]  # fmt: skip
