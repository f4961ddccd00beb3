"""A small law for the tests: five procedures shaped like the real ones, so that a change of the real files moves no test."""

from backend.domain.catalogue import Catalogue, Cluster
from backend.domain.procedure import Procedure


def _choice(id, label, options, **more):
    listed = [{"id": i, "label": text, "words": words} for i, text, *words in options]
    return {"id": id, "label": label, "type": "choice", "from": "text", "options": listed, **more}


def _ask(id, label, type, **more):
    return {"id": id, "label": label, "type": type, "from": "text", **more}


def _procedure(id, official, plain, menu, folk, questions, papers, **more):
    data = {
        "id": id, "names": {"official": official, "plain": plain, "menu": menu, "folk": folk}, "questions": questions,
        "codes": [{"code": "1.000001", "valid_from": "2025-07-01"}], "field": "Hộ tịch", "file_by_text": "yes",
        "valid_from": "2025-07-01", "checked": "2026-11-20", "confidence": "high", "result": official, "source": "tests",
        "papers": [{"id": f"p{n}", "name": p, "plain": p, "kind": "shown"} for n, p in enumerate(papers)],
        "fee": [{"amount": None}], "time": [{"value": 3, "unit": "working_day"}],
    }  # fmt: skip
    return Procedure.model_validate({**data, **more})


KHAI_SINH = _procedure(
    "khai_sinh", "Đăng ký khai sinh", "làm giấy khai sinh", "Khai sinh", ["giấy khai sinh", "gks"],
    [
        _choice("relation", "Quan hệ với trẻ", [("mother", "Mẹ"), ("father", "Bố"), ("grandparent", "Ông, bà", "ông", "bà"), ("other", "Người khác")]),
        _choice("parents_married", "Bố mẹ đăng ký kết hôn", [("yes", "Rồi"), ("no", "Chưa"), ("unclear", "Không rõ")]),
        _choice("birthplace", "Nơi sinh", [("clinic", "Trạm xá, bệnh viện", "trạm xã", "viện"), ("home", "Ở nhà", "nhà"), ("elsewhere", "Nơi khác")]),
        _ask("child_dob", "Ngày sinh", "birth_date", role="subject"),
        _choice("child_sex", "Giới tính", [("male", "Trai", "nam", "con trai"), ("female", "Gái", "nữ", "con gái")], role="subject"),
        _ask("child_name", "Họ, chữ đệm, tên con", "person_name", role="subject", may_be_unknown=True),
        _ask("mother", "Mẹ", "person_key", role="mother", may_be_unknown=True),
        _ask("father", "Bố", "person_key", role="father", may_be_unknown=True, only_if={"parents_married": ["yes", "unclear"]}),
        _ask("place", "Nơi cư trú", "address", may_be_unknown=True),
        _ask("requester_name", "Người yêu cầu", "person_name", role="applicant", only_if={"relation": ["grandparent", "other"]}),
        {"id": "mother_name", "label": "Họ tên mẹ", "type": "person_name", "from": "number(mother)", "role": "mother"},
        {"id": "requester_phone", "label": "Số điện thoại", "type": "phone", "from": "phone"},
    ],
    ["căn cước bố mẹ", "giấy chứng sinh (tờ bệnh viện cho khi đẻ)"],
    fee=[{"amount": None, "plain": "Làm trong 60 ngày thì không mất lệ phí"}], time=[{"value": None, "unit": "same_day", "cutoff": "15:00"}],
)  # fmt: skip
DOC_THAN = _procedure(
    "xn_doc_than", "Cấp giấy xác nhận tình trạng hôn nhân", "xin giấy độc thân", "Giấy độc thân", ["giấy độc thân", "xác nhận hôn nhân"],
    [
        _choice("for_whom", "Xin cho ai", [("self", "Cho mình", "mình"), ("other", "Cho người khác"), ("wedding", "Để cưới ở đây", "cưới")]),
        _ask("person", "Người được xác nhận", "person_key", role="applicant"),
        _choice("married", "Tình trạng hôn nhân", [("never", "Chưa"), ("divorced", "Đã ly hôn", "ly hôn"), ("widowed", "Vợ, chồng đã mất", "mất")], sensitive=True),
        _choice("moved", "Đã ở xã khác", [("no", "Không", "k", "ko"), ("yes", "Có")]),
        {"id": "phone", "label": "Số điện thoại", "type": "phone", "from": "phone"},
    ],
    ["căn cước của mình"], stops=[{"when": {"for_whom": ["wedding"]}, "text": "no_paper"}],
)  # fmt: skip
TRO_CAP = _procedure(
    "tro_cap_bt", "Trợ cấp xã hội hằng tháng", "xin trợ cấp hằng tháng", "Trợ cấp tháng", ["trợ cấp"],
    [
        _choice("group", "Nhóm", [("old", "Người già"), ("disabled", "Khuyết tật"), ("child", "Trẻ mồ côi"), ("private", "Nói với cán bộ")]),
        _choice("poor", "Hộ nghèo", [("yes", "Có"), ("no", "Không")]),
        _ask("person", "Người hưởng", "person_key", role="applicant"),
    ],
    ["căn cước"], file_by_text="note", sign_what="đơn", fee=[{"amount": 0}],
)  # fmt: skip
HO_NGHEO = _procedure(
    "ho_ngheo", "Công nhận hộ nghèo", "xin xét hộ nghèo", "Hộ nghèo", ["hộ nghèo"],
    [
        _ask("people", "Số người trong hộ", "number"),
        _ask("place", "Nơi ở", "address", role="applicant"),
        _choice("what", "Hoàn cảnh", [("crop", "Mất mùa"), ("sick", "Có người ốm"), ("house", "Hỏng nhà"), ("other", "Chuyện khác")]),
        _choice("poor_now", "Đã là hộ nghèo", [("no", "Chưa"), ("yes", "Rồi")]),
        _ask("head", "Chủ hộ", "person_key", role="applicant"),
    ],
    ["căn cước chủ hộ"], file_by_text="note", sign_what="đơn", fee=[{"amount": 0}], time=[{"value": 15, "unit": "calendar_day"}],
)  # fmt: skip
HOA_GIAI = _procedure(
    "hoa_giai_dat", "Hòa giải tranh chấp đất đai", "hòa giải tranh chấp đất", "Hòa giải đất", ["tranh chấp đất"],
    [
        _ask("person", "Người yêu cầu", "person_name", role="applicant"),
        _ask("story", "Nội dung tranh chấp", "story"),
    ],
    ["đơn", "giấy tờ đất nếu có"], file_by_text="note", sign_what="đơn",
)  # fmt: skip
TAM_TRU = _procedure(
    "tam_tru", "Đăng ký tạm trú", "đăng ký tạm trú", "Tạm trú", ["tạm trú"], [], ["căn cước", "giấy cho thuê, cho ở nhờ"],
    owner="commune_police", file_by_text="no",
)  # fmt: skip
MAI_TANG_BT = _procedure(
    "mai_tang_bt", "Mai táng phí BTXH", "xin tiền mai táng (bảo trợ)", "Mai táng bảo trợ", ["mai táng"], [], ["giấy khai tử"]
)
MAI_TANG_HT = _procedure(
    "mai_tang_huu_tri", "Mai táng phí hưu trí", "xin tiền mai táng (hưu trí)", "Mai táng hưu trí", ["mai táng"], [], ["giấy khai tử"]
)
LONG = _procedure("dai", "Việc dài", "làm việc dài", "Việc dài", ["viec dai"], [], [f"giấy thứ {n} của nhà mình" for n in range(9)])
YEARS = _procedure(
    "tuoi", "Tuổi", "ghi tuổi", "Tuổi", ["tuoi"],
    [_ask("born", "Ngày sinh", "birth_date", role="subject"), _ask("alone", "Ở một mình", "yes_no")], ["căn cước"],
)  # fmt: skip
ALL = [KHAI_SINH, DOC_THAN, TRO_CAP, HO_NGHEO, HOA_GIAI, TAM_TRU, MAI_TANG_BT, MAI_TANG_HT]


LAW = Catalogue(ALL, [Cluster(("mai tang",), {"mai_tang_bt": ("bao tro",), "mai_tang_huu_tri": ("huu tri",)})])
