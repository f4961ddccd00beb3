"""Two wishes in one line, as people write them, with the real model: both are heard."""

from __future__ import annotations

import httpx
import pytest

from bot.conversations.reply import understand
from bot.dialogue.choosing import ABOUT_PROCEDURE
from bot.dialogue.types import Understanding
from bot.dialogue.wishes import WISHES, facts
from bot.nlu import NluClient

pytestmark = pytest.mark.model
LINES = [
    ("làm giấy khai sinh cho cháu, với lại hỏi trợ cấp tiền già cho bà", {"khai_sinh", "huu_tri_xh"}),
    ("lam giay khai sinh cho chau, voi lai hoi tien gia cho ba", {"khai_sinh", "huu_tri_xh"}),
    ("em muốn xin giấy độc thân, tiện thể làm luôn trích lục khai sinh", {"xn_doc_than", "trich_luc"}),
    ("xin giay doc than, tien the xin luon ban sao trich luc khai sinh", {"xn_doc_than", "trich_luc"}),
    ("bố tôi mới mất cần làm khai tử, ngoài ra xin tiền mai táng nữa", {"khai_tu", "mai_tang_bt"}),
    ("lam khai tu cho bo, ngoai ra xin tien mai tang", {"khai_tu", "mai_tang_bt"}),
    ("đăng ký kết hôn rồi làm luôn nhập hộ khẩu cho vợ", {"ket_hon", "thuong_tru"}),
    ("dang ky ket hon roi nhap ho khau cho vo", {"ket_hon", "thuong_tru"}),
    ("làm căn cước cho con. Xin cả hộ nghèo cho bố mẹ", {"doi_can_cuoc", "ho_ngheo"}),
    ("lam can cuoc cho con. xin ca ho ngheo cho bo me", {"doi_can_cuoc", "ho_ngheo"}),
    ("cho hỏi làm sổ đỏ lần đầu, còn tách khẩu thì làm thế nào", {"so_do_lan_dau", "thuong_tru"}),
    ("lam so do lan dau, con dang ky tam tru thi the nao", {"so_do_lan_dau", "tam_tru"}),
    ("e cần công chứng bằng cấp 3 với xác nhận sơ yếu lý lịch", {"ct_ban_sao", "ct_chu_ky"}),
    ("e can cong chung bang cap 3 voi xac nhan so yeu ly lich", {"ct_ban_sao", "ct_chu_ky"}),
    ("muốn đăng ký tạm trú và mở hộ kinh doanh", {"tam_tru", "ho_kinh_doanh"}),
    ("muon dang ky tam tru va mo ho kinh doanh", {"tam_tru", "ho_kinh_doanh"}),
    ("1. làm giấy khai sinh cho con 2. xin giấy khuyết tật cho mẹ", {"khai_sinh", "khuyet_tat"}),
    ("1 lam khai sinh cho con, 2 xin giay khuyet tat cho me", {"khai_sinh", "khuyet_tat"}),
    ("sửa tên trong khai sinh, xong làm lại căn cước luôn", {"cai_chinh", "doi_can_cuoc"}),
    ("sua ten trong khai sinh xong lam lai can cuoc luon", {"cai_chinh", "doi_can_cuoc"}),
    ("mất giấy khai sinh thì xin lại, tiện hỏi miễn học phí cho con", {"trich_luc", "hoc_phi"}),
    ("lon chet dich xin ho tro, voi lai xin khai thac keo", {"dich_benh_vat_nuoi", "khai_thac_go"}),
    ("hòa giải đất với nhà bên, với lại đính chính sổ đỏ sai tên", {"hoa_giai_dat", "dinh_chinh_gcn"}),
    ("hoa giai dat voi nha ben, voi lai sua so do sai ten", {"hoa_giai_dat", "dinh_chinh_gcn"}),
    ("hồ sơ của tôi đến đâu rồi, với lại làm giấy khai sinh cho cháu", {"track_dossier", "khai_sinh"}),
    ("ho so cua toi den dau roi, voi lai lam giay khai sinh cho chau", {"track_dossier", "khai_sinh"}),
    ("làm khai sinh cho cháu, tiện hỏi hồ sơ đất của tôi đến đâu rồi", {"khai_sinh", "track_dossier"}),
    ("lam khai sinh cho chau, tien hoi ho so hom no den dau roi", {"khai_sinh", "track_dossier"}),
    ("gặp cán bộ cho tôi, hồ sơ đến đâu rồi", {"talk_to_human", "track_dossier"}),
    ("xin hộ nghèo, cho tôi gặp cán bộ nói chuyện", {"ho_ngheo", "talk_to_human"}),
    ("xin ho ngheo, cho toi gap can bo noi chuyen", {"ho_ngheo", "talk_to_human"}),
    ("tôi muốn khiếu nại cán bộ, với lại làm lại căn cước", {"complain", "doi_can_cuoc"}),
    ("lam giay khai sinh het bao nhieu tien va can giay to gi", {"ask_fee", "ask_documents"}),
    ("làm khai sinh cần giấy gì, bao lâu thì xong", {"ask_documents", "ask_duration"}),
    ("lam khai sinh can giay gi, bao lau thi xong", {"ask_documents", "ask_duration"}),
    ("xin giấy độc thân mất bao nhiêu tiền, nộp ở đâu", {"ask_fee", "ask_where"}),
    ("xin giay doc than mat bao nhieu tien, nop o dau", {"ask_fee", "ask_where"}),
    ("đăng ký kết hôn cần mang gì? mấy ngày có? mất tiền không?", {"ask_documents", "ask_duration"}),
    ("dang ky ket hon can mang gi? may ngay co? mat tien khong?", {"ask_documents", "ask_duration"}),
    ("trích lục khai sinh bao nhiêu một bản, mấy hôm lấy được", {"ask_fee", "ask_duration"}),
    ("khai sinh cần giấy gì, với lại hộ nghèo cần giấy gì", {"khai_sinh", "ho_ngheo"}),
    ("khai sinh can giay gi, voi lai ho ngheo can giay gi", {"khai_sinh", "ho_ngheo"}),
    ("bác muốn làm tiền già, à mà hỏi luôn cái thẻ khuyết tật cho ông", {"huu_tri_xh", "khuyet_tat"}),
    ("bac muon lam tien gia, a ma hoi luon the khuyet tat cho ong", {"huu_tri_xh", "khuyet_tat"}),
    ("vợ em mới đẻ làm khai sinh, đồng thời xin ăn trưa mẫu giáo cho cháu lớn", {"khai_sinh", "an_trua_mau_giao"}),
    ("đk kết hôn + làm cccd", {"ket_hon", "doi_can_cuoc"}),
    ("dk ket hon + lam cccd", {"ket_hon", "doi_can_cuoc"}),
]
ONE = [
    "vợ tôi mới đẻ, cần làm giấy gì cho cháu", "bố mẹ chưa đăng ký kết hôn, giờ làm khai sinh cho con", "mới lấy vợ, xin nhập hộ khẩu cho vợ",
    "nhà tôi thuộc diện nghèo, làm lại khai sinh bị mất sổ có phải trả tiền không", "con em bốn tuổi chưa biết nói, xin giấy xác nhận khuyết tật",
    "lam khai sinh, nhap khau va the bao hiem cho con mot lan", "chào cán bộ, cho em hỏi làm căn cước", "em cần công chứng căn cước và sổ hộ khẩu cũ",
]  # fmt: skip


class Bot:
    """What `understand` needs of the bot."""

    def __init__(self, client: NluClient):
        self.understand = client.parse


@pytest.fixture(scope="module")
def bot(nlu):
    with httpx.Client() as http:
        yield Bot(NluClient(nlu["NLU_URL"], nlu["NLU_TOKEN"], http))


def heard(bot: Bot, text: str) -> set[str]:
    """The procedures wished for, the services, and the questions of one text."""
    meant = understand(bot, text)
    parts = [part for part in (meant, meant.second) if part]
    return {_name(part) for part in parts} | {p.intent for p in parts} - WISHES | set(() if meant.second else facts(meant, text))


def _name(part: Understanding) -> str | None:
    return part.procedure if part.intent in ABOUT_PROCEDURE else part.intent


@pytest.mark.parametrize("text, wishes", LINES)
def test_both_wishes_are_heard(bot, text, wishes):
    assert wishes <= heard(bot, text)


@pytest.mark.parametrize("text", ONE)
def test_a_wish_and_its_reason_stay_one(bot, text):
    assert understand(bot, text).second is None


def test_there_are_forty_lines():
    assert len(LINES) >= 40
