"""While the understanding server is down: the right procedure is among three, and a cry for help reaches a person."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from backend.domain.law_files import load_catalogue
from bot.dialogue.danger import is_cry
from bot.name_search import CANDIDATES, guess_intent
from bot.text import strip_accents
from bot.understood import Understander
from bot.words import Words
from tests.dialogue.kit import WALK, Phone, birth

ROOT = Path(__file__).resolve().parents[2]
GOAL = 0.90


@pytest.fixture(scope="module")
def understand() -> Understander:
    return Understander(None, load_catalogue(ROOT / "backend" / "procedures"))


def held_out() -> list[tuple[str, set[str]]]:
    rows = [row.split("\t") for f in sorted((ROOT / "nlu_data/test").rglob("*.tsv")) for row in f.read_text("utf-8").splitlines()[1:]]
    return [(text, set(procedure.split("|"))) for text, _, procedure, *_ in rows if procedure]


@pytest.mark.parametrize("spelling", [str, strip_accents])
def test_the_right_procedure_is_among_three(understand, spelling):
    asked = held_out()
    found = [bool(wanted & {p for p, _ in understand(spelling(text)).candidates}) for text, wanted in asked]
    assert len(asked) > 1000 and sum(found) / len(asked) >= GOAL


@pytest.mark.parametrize(
    "text, procedure",
    [
        ("lam giay khai sinh cho chau", "khai_sinh"),
        ("xin giấy độc thân", "xn_doc_than"),
        ("ddawng kys keets hoon", "ket_hon"),
        ("bao tu cho bo", "khai_tu"),
        ("đăng ký tạm trú", "tam_tru"),
    ],
)
def test_plain_names_come_first(understand, text, procedure):
    meant = understand(text)
    assert meant.procedure == procedure and meant.degraded and len(meant.candidates) <= CANDIDATES


@pytest.mark.parametrize("text", ["? … !", "", "hom nay troi dep nhi", "🙂🙂", "ăn cơm chưa"])
def test_words_of_no_procedure_find_none(understand, text):
    meant = understand(text)
    assert (meant.procedure, meant.candidates) == (None, ())


@pytest.mark.parametrize(
    "text, intent",
    [
        ("chong danh toi", "urgent"),
        ("cho gap can bo", "talk_to_human"),
        ("hồ sơ đến đâu rồi", "track_dossier"),
        ("hết bao nhiêu tiền", "ask_fee"),
        ("nộp ở đâu", "ask_where"),
        ("làm giấy gì đó", "ask_documents"),
        ("tách thửa", "ask_procedure"),
    ],
)
def test_the_intent_is_guessed_and_never_sure(text, intent):
    guessed, confidence = guess_intent(text)
    assert guessed == intent and confidence <= 0.5


def test_what_is_found_is_always_asked_about(understand):
    phone = Phone()
    answer = phone("lam giay khai sinh cho chau", understand("lam giay khai sinh cho chau"))
    assert "1 Khai sinh" in answer and not phone.state.cases


# Danger

DANGERS = (
    "chồng em đang cầm dao đuổi em", "chong danh toi gay tay roi", "bố nó đánh con tím hết người", "nó bóp cổ em", "bị anh rể dọa giết",
    "co nguoi danh nhau o dau ban", "nhà cháy rồi cứu với", "nha toi dang chay", "lũ cuốn mất người rồi", "lu quet ve ban roi cuu voi",
    "đất sạt vùi lấp nhà anh Pá", "có người mắc kẹt dưới suối", "tre con duoi nuoc o ao", "con bé bị hãm hiếp", "no xam hai chau be",
    "họ ép cháu lấy chồng, cháu mới học lớp 8", "chau gai di lac trong rung tu trua", "mẹ em ăn lá ngón", "no uong thuoc sau roi",
    "em không muốn sống nữa", "bo toi bi dot quy", "vợ em vỡ ối mà đường tắc", "chau co giat tim tai", "rắn cắn con tôi",
    "bà ngã bất tỉnh", "co nguoi goi xung la cong an bat chuyen tien", "bác bị lừa hết tiền rồi", "họ gọi đòi mã OTP",
    "bấm vào link bị mất hết tiền", "cứu",
)  # fmt: skip
HARMLESS = (
    "xã Kim Lư cũ giờ lên đâu làm giấy", "toi o kim lu ve day lam can cuoc", "em ở thôn Nà Cháy làm khai sinh", "nha o ban Khuoi Dam xin tam tru",
    "thôn Pác Dao xin hộ nghèo", "đánh mất giấy khai sinh", "danh mat the can cuoc roi", "ghi danh cho con đi học", "xin danh sách hộ nghèo",
    "nhà cháy năm ngoái, xin làm lại giấy khai sinh", "lua bi lu cuon xin ho tro giong", "ông tôi chết đuối, làm giấy khai tử", "cứ từ từ em làm sau",
    "cu tu tu roi lam", "đăng ký tạm trú cho người ở xa", "lam so do mat bao lau", "công an gọi lên làm căn cước", "cai vneid muc 2 o xa duoc khong",
    "xin cấp lại sổ đỏ bị cháy", "chết rồi, em viết nhầm tên", "cho gap can bo", "đi đâu để làm giấy này", "con so sinh lam khai sinh can gi",
    "mẹ em bị tai nạn lao động, xin trợ cấp", "giết mổ lợn có phải xin phép không", "bảo vệ rừng được tiền không", "đóng dấu sơ yếu lý lịch",
    "dao rung trong keo xin khai thac", "nop tien o dau", "đánh máy hộ tờ đơn",
)  # fmt: skip


def test_the_two_sides_are_thirty_each():
    assert len(set(DANGERS)) == len(set(HARMLESS)) == 30


@pytest.mark.parametrize("text", DANGERS)
def test_a_cry_for_help_gives_a_number_and_reaches_a_person(understand, text):
    phone = Phone()
    answer = phone(text, understand(text))
    assert any(number in answer for number in ("113", "114", "115", "111")) and phone.verbs == ["person"]
    assert phone.asked[0].args["urgent"] is True


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_words_call_nobody_out_of_bed(understand, text):
    phone = Phone()
    phone(text, understand(text))
    assert not any(request.args.get("urgent") for request in phone.asked)


def test_no_commune_is_a_danger():
    places = yaml.safe_load((ROOT / "nlu_data/lookups/place.yml").read_text("utf-8"))
    said = [f"{verb} {name}" for name in places for verb in ("tôi ở xã", "thôn ấy thuộc", "mai về xã")]
    assert [text for text in said if is_cry(text) or is_cry(strip_accents(text))] == []


def test_a_danger_inside_an_answer_is_heard(understand):
    pa = birth(Phone(), *WALK[:1])
    pa("1, mà bố nó đang cầm dao đuổi mẹ nó", understand("bố nó đang cầm dao đuổi mẹ nó"))
    assert [r.args["urgent"] for r in pa.asked if r.verb == "person"] == [True]


@pytest.mark.parametrize(
    "text, said",
    [
        ("Bàn Thị Mai, mà có mất tiền không", "60 ngay thi khong mat le phi"),
        ("ban thi mai ma bao lau thi xong", "tra trong ngay"),
        ("Bàn Thị Mai. Nộp ở đâu vậy?", "mot cua xa Na Ri"),
        ("ban thi mai, cho toi gap can bo", "goi lai truoc"),
    ],
)
def test_an_answer_and_a_question_are_both_served(understand, text, said):
    pa = birth(Phone(), *WALK[:5])
    rest = text.split(",")[-1].split(".")[-1]
    assert said in pa(text, understand(rest)) and pa.answers["child_name"].upper().startswith("B")


def test_a_death_told_leads_to_all_that_follows_a_death(understand):
    real = Phone(law=load_catalogue(ROOT / "backend" / "procedures"), words=Words.load(ROOT / "bot/texts/vi"))
    answer = real("bo toi mat sang nay roi", understand("bo toi mat sang nay roi"))
    assert "Khai tu" in answer and "ai tang" in answer and real.verbs == []
