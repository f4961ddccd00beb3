"""Scripted people: what somebody of a journey answers to each type of question, with digits or in free text."""

from __future__ import annotations

from sqlalchemy import select

from backend.domain.letters import strip_accents
from backend.domain.procedure import Question
from backend.store.tables import Contact, Conversation
from bot.conversations.states import load_state

OPENINGS = {
    "khai_sinh": "vo toi moi de, lam giay khai sinh the nao",
    "khai_tu": "bo toi moi mat hom kia, can lam giay khai tu",
    "ket_hon": "hai dua em muon dang ky ket hon",
    "xn_doc_than": "cho em xin giay xac nhan doc than de vay ngan hang",
    "trich_luc": "toi muon xin ban sao trich luc khai sinh",
    "cai_chinh": "ten con toi trong giay khai sinh bi viet sai, muon cai chinh",
    "ct_ban_sao": "toi can chung thuc ban sao tu ban chinh bang tot nghiep",
    "ct_chu_ky": "xin chung thuc chu ky vao so yeu ly lich",
    "lien_thong_khai_sinh": "lam lien thong khai sinh, nhap khau va the bao hiem y te cho con mot lan",
    "huu_tri_xh": "me toi 76 tuoi xin tro cap huu tri xa hoi, tien gia",
    "mai_tang_bt": "ong toi dang huong tro cap bao tro xa hoi moi mat, xin tien mai tang",
    "khuyet_tat": "con toi bi liet chan, xin giay xac nhan khuyet tat",
    "ho_ngheo": "nha toi kho khan qua, xin xet vao ho ngheo",
    "hoa_giai_dat": "nha ben lan dat cua toi, xin xa hoa giai tranh chap dat",
    "tam_tru": "toi muon dang ky tam tru",
}
_VALUES = {
    "date": "12/10/2026", "birth_date": "12/10/1990", "person_name": "triệu văn tuấn", "person_key": "triệu thị nải",
    "phone": "0981110022", "address": "thôn khuổi slúng xã na rì", "number": "4", "text": "bản gốc cất ở nhà mẹ tôi",
}  # fmt: skip

def typed(question: Question, digits: bool) -> str:
    """What a person types to a question: the first choice by its digit or in words, or a value without accents."""
    if question.options:
        return "1" if digits else strip_accents(question.options[0].label).lower()
    if question.type == "yes_no":
        return "1" if digits else "co"
    if question.id in ("child_dob", "death_date"):
        return "12/11/2026"
    if question.type == "story":
        return "nha ong ban lan sang dat nha toi hai met tu nam ngoai\nXONG"
    return strip_accents(_VALUES[question.type])


def the_open_question(house, address: str) -> dict | None:
    """What the conversation with an address waits for, as the bot itself knows it."""
    with house.wired.database.read() as session:
        wired = house.wired
        contact = session.scalars(select(Contact).where(Contact.address_index == wired.office.vault.index("address.sms", address))).one()
        conversation = session.scalars(select(Conversation).where(Conversation.contact_id == contact.id)).one()
        return load_state(session, wired.bot, conversation).open
