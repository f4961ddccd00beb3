"""Texts as data: how they are loaded, put together, and cut into pages; and the gate that every one of them passes."""

import ast

import pytest
import yaml

from bot.dialogue.types import Option, Say
from bot.gate import gate, load_rules
from bot.words import Text, Words, WordsError, bare, sms_length
from tests.dialogue.kit import CODE, LAW, ROOT, WORDS, Phone

RULES = load_rules(ROOT / "bot/texts/vi")


def words(**texts) -> Words:
    return Words(
        {"pronoun.default": Text(("ông bà",), "here:1"), **{k.replace("__", "."): Text((v,), "here:1") for k, v in texts.items()}}, "v"
    )


def test_a_text_is_filled_and_loses_its_accents_on_sms_only():
    say = Say("form.echo", {"shown": "TRIỆU THỊ MÙI"})
    assert WORDS.render(say, True) == ["Ghi: TRIỆU THỊ MÙI."]
    assert WORDS.render(say, False) == ["Ghi: TRIEU THI MUI."]


def test_choices_are_numbered_in_lines_on_zalo_and_in_a_row_on_sms():
    say = Say("open.start", {}, (Option("yes", "@options.yes"), Option("no", "@options.later")))
    assert WORDS.render(say, True) == ["Khai luôn bây giờ không?\n1. Có\n2. Để sau"]
    assert WORDS.render(say, False) == ["Khai luon bay gio khong? 1 Co 2 De sau"]


def test_what_was_said_before_stands_before_the_question_or_on_a_page_of_its_own():
    short, long = {"text": "a.short", "params": {}}, {"text": "a.long", "params": {}}
    texts = words(a__short="Vâng.", a__long="Đây là một câu dài. " * 8, a__ask="Cháu đẻ ở đâu?")
    assert texts.render(Say("a.ask", {"lead": [short]}), False) == ["Vang. Chau de o dau?"]
    assert [len(page) for page in texts.render(Say("a.ask", {"lead": [long]}), False)] == [159, 14]


def test_a_spare_sentence_is_left_out_where_it_would_cost_another_sms():
    texts = words(a__long="Đây là một câu dài. " * 8, a__ask="Cháu đẻ ở đâu?")
    lead = [{"text": "a.long", "params": {}, "spare": 1}]
    assert texts.render(Say("a.ask", {"lead": lead}), False) == ["Chau de o dau?"]
    assert len(texts.render(Say("a.ask", {"lead": lead}), True)) == 1


def test_a_question_is_never_cut_from_its_choices():
    texts = words(a__ask="Xã hỏi một điều. " * 9 + "Cháu đẻ ở đâu?")
    options = (Option("1", "Trạm xá, bệnh viện"), Option("2", "Ở nhà"))
    assert texts.render(Say("a.ask", {}, options), False)[-1].endswith("Chau de o dau? 1 Tram xa, benh vien 2 O nha")


def test_the_name_of_the_neighbour_begins_every_page():
    pages = WORDS.render(Say("form.question", {"name": "PÁ", "n": 1, "of": 5, "ask": "Câu chuyện dài. " * 12}), False)
    assert len(pages) == 2 and all(page.startswith("[PA] ") for page in pages)


@pytest.mark.parametrize("text", ["x" * 900, "một " * 300, "🙂" * 200, "a" * 159 + " " + "b" * 170])
@pytest.mark.parametrize("accents", [True, False])
def test_any_value_is_cut_into_pages_that_fit(text, accents):
    pages = words(a__b="{shown}").render(Say("a.b", {"shown": text}), accents)
    assert all(0 < (len(p) if accents else sms_length(p)) <= (400 if accents else 160) for p in pages)


def test_brackets_count_twice_and_nothing_outside_ascii_is_sent_by_sms():
    assert sms_length("[PA]") == 6
    assert bare("“Phủ…” – Đặng\u00a0Ả 🙂") == '"Phu..." - Dang A ?'


def test_a_list_of_parts_leaves_out_what_is_not_known():
    params = {"child_sex": "gái", "child_dob": "13/11/2026"}
    page = WORDS.render(Say("form.read_back", {"parts": {"text": "khai_sinh.read_back", "params": params}}), True)[0]
    assert page == "Đọc lại: Bé gái đẻ 13/11/2026. Lấy giấy tại xã."


@pytest.mark.parametrize(
    "content, problem",
    [
        ("a: [1, {b: 2}]\n", ":1: 'bad.a' must be a text"),
        ("a: x\nb: ''\n", ":2: 'bad.b' must be a text"),
        ("a: 'x\n", "not readable as YAML"),
        ("- a\n", "mapping of keys"),
    ],
)
def test_a_broken_file_is_named_with_its_line(tmp_path, content, problem):
    (tmp_path / "bad.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(WordsError, match=f"bad.yaml.*{problem}"):
        Words.load(tmp_path)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(WordsError, match="no texts here"):
        Words.load(tmp_path)


def test_the_version_changes_with_any_text(tmp_path):
    (tmp_path / "a.yaml").write_text("b: Vâng", encoding="utf-8")
    before = Words.load(tmp_path).version
    (tmp_path / "a.yaml").write_text("b: Vâng ạ", encoding="utf-8")
    assert Words.load(tmp_path).version != before


def test_all_texts_pass_the_gate():
    assert gate(WORDS, LAW, RULES) == []


@pytest.mark.parametrize(
    "text, problem",
    [
        ("Có {tiền} không?", "unknown placeholder {tiền}"),
        ("Có không? Hay không?", "more than one question"),
        ("Chúc mừng gia đình.", 'says "chúc mừng"'),
        ("Nhà mình đủ điều kiện.", 'says "đủ điều kiện"'),
        ("Cho xin mã OTP.", 'says "OTP"'),
        ("Dài. " * 40, "fit one SMS"),
    ],
)
def test_the_gate_stops(text, problem):
    class Nothing:
        def all(self):
            return []

    found = gate(words(a__b=text), Nothing(), RULES)
    assert len(found) == 1 and problem in found[0] and found[0].startswith("here:1: ")


def test_the_gate_wants_a_text_for_every_question():
    kept = {k: v for k, v in WORDS.texts.items() if k != "khai_sinh.questions.relation.ask"}
    assert gate(Words(kept, "v"), LAW, RULES) == [
        "khai_sinh: question 'relation' has no text; add questions.relation.ask to procedures/khai_sinh.yaml"
    ]


def reader_keys(name: str, at: int) -> set[str]:
    """First or second arguments of every `Ask(…)`, `Refuse(…)` or `Candidate(…)` in the value readers."""
    found = set()
    for file in (ROOT / "backend/domain/values").glob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == name and len(call.args) > at:
                if isinstance(call.args[at], ast.Constant):
                    found.add(call.args[at].value)
    return found


def test_everything_a_value_reader_says_has_words():
    asked = reader_keys("Ask", 0)
    assert {key for key in asked if f"doubt.{key}" not in WORDS.texts and f"bad.{key}" not in WORDS.texts} == set()
    refused = reader_keys("Refuse", 0) - {"not_known"}
    assert {key for key in refused if f"bad.{key}" not in WORDS.texts} == set()
    assert {key for key in reader_keys("Candidate", 1) if f"candidate.{key}" not in WORDS.texts} == set()


def test_every_notice_of_the_workflow_has_words():
    table = yaml.safe_load((ROOT / "backend/workflow/dossier.yaml").read_text(encoding="utf-8"))
    notices = {rule["notice"] for rule in table["rules"] if "notice" in rule} | {"nobody_answered", "duty", "draft"}
    assert {kind for kind in notices if f"notice.{kind}" not in WORDS.texts} == set()
    assert {status for status in table["statuses"] if f"stage.{status}" not in WORDS.texts} == set()


def test_a_notice_without_its_date_leaves_the_sentence_out():
    assert "Hen" not in Phone().told("received", code=CODE)
    assert "Hen tra 17h ngay 27/11." in Phone().told("received", code=CODE, due_at="2026-11-27T17:00:00+07:00")


def test_a_notice_says_nothing_of_people_and_proofs():
    told = Phone()
    told.told("returned", code=CODE, collector="Bàn Thị Pá", proof="căn cước", name="Pá")
    assert "ban thi pa" not in " ".join(told.pages).lower() and not told.pages[0].startswith("[")
