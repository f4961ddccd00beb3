"""What changed, in plain words: between two files, two folders, and since a dossier was made."""

from pathlib import Path

import pytest

from backend.domain.catalogue import Catalogue
from backend.domain.law_files import load_catalogue
from backend.domain.law_lines import LawError
from backend.domain.procedure import Procedure
from backend.office import dossiers, pinned
from backend.sheets.compare import catalogue_changes, changes
from backend.sheets.editing import folder_changes, version_changes
from main import main
from tests.law.kit import LAW, SMALL, folder_with
from tests.office.kit import UNIT, draft, office_of
from tests.sheets.kit import SAMPLE


def tiny(tmp_path: Path, *swaps: tuple[str, str], name: str = "new") -> Procedure:
    text = SMALL
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    folder = tmp_path / name
    folder.mkdir()
    return load_catalogue(folder_with(folder, tiny=text)).get("tiny")


@pytest.mark.parametrize(
    "swap, said",
    [
        (("plain: căn cước,", "plain: thẻ căn cước,"), ["giấy tờ card · lời thường: căn cước → thẻ căn cước"]),
        (("kind: shown}", "kind: shown, verified: false}"), ["giấy tờ card · đối chiếu: đã → chưa"]),
        (("  - {id: card, name: Căn cước, plain: căn cước, kind: shown}\n", ""), ["giấy tờ card: bỏ: Căn cước; căn cước; xuất trình; đã"]),
        (("amount: null", "amount: 8000"), ["lệ phí · số: chưa biết → 8000"]),
        (("  - {amount: null}", "  - {amount: 0, when: {who: [other]}}\n  - {amount: null}"), ["lệ phí: mới: who = other; 0; một hồ sơ; đã"]),
        (("{amount: null}", "{amount: null, valid_to: 2026-12-31}\n  - {amount: 5000, valid_from: 2027-01-01}"), ["lệ phí · đến ngày: trống → 2026-12-31", "lệ phí: mới: 5000; một hồ sơ; 2027-01-01; đã"]),
        (("time:\n", "supplement:\n  - {stage: processing, most: 2, ground: Luật Nhỏ}\ntime:\n"), ["bổ sung khi giải quyết: mới: 2; Luật Nhỏ; đã"]),
        (("{value: 3, unit: working_day}", "{value: 5, unit: calendar_day}"), ["thời hạn · số: 3 → 5", "thời hạn · đơn vị: ngày làm việc → ngày lịch"]),
        (("label: Tên,", "label: Họ tên,"), ["câu hỏi name · nội dung: Tên → Họ tên"]),
        (("type: person_key, from: text", "type: person_key, from: counter"), ["câu hỏi name · lấy từ: tin nhắn → quầy"]),
        (("{id: self, label: Mình}", "{id: self, label: Cho mình}"), ["lựa chọn who.self · nội dung: Mình → Cho mình"]),
        (("{id: self, label: Mình}, {id: other, label: Người khác}", "{id: other, label: Người khác}, {id: self, label: Mình}"), ["lựa chọn: đổi thứ tự: who.other, who.self"]),
        (("valid_from: 2025-07-01\nchecked: 2026-11-23", "valid_from: 2026-01-01\nchecked: 2026-11-24"), ["hiệu lực từ: 2025-07-01 → 2026-01-01", "ngày đối chiếu: 2026-11-23 → 2026-11-24"]),
        (("valid_from: 2025-07-01}", "valid_from: 2025-07-01, replaced_by: \"1.000002\"}\n  - {code: \"1.000002\", valid_from: 2026-01-01}"), ["mã số 1.000001 · nội dung: trống → 1.000002", "mã số 1.000002: mới: 2026-01-01"]),
        (("folk: [giấy bé]", "folk: [giấy bé, giấy con]"), ["tên gọi: mới: giấy con"]),
        (("file_by_text: \"yes\"", "file_by_text: note\nsign_what: đơn"), ["nhận qua tin nhắn: gửi được → chỉ ghi trước", "ký gì: mới: đơn"]),
    ],
)  # fmt: skip
def test_a_change_is_said_in_plain_words(tmp_path, swap, said):
    assert changes(tiny(tmp_path, name="old"), tiny(tmp_path, swap)) == said


def test_what_changed_for_every_procedure_is_told_once(tmp_path):
    said = "supplement:\n  - {stage: processing, most: 1, ground: Luật Cũ}\n"
    later = said.replace("Luật Cũ", "Luật Cũ, valid_to: 2026-12-31") + "  - {stage: processing, most: 2, ground: Luật Mới, valid_from: 2027-01-01, verified: false}\n"
    for name, text in (("old", said), ("new", later)):
        (tmp_path / name).mkdir()
        folder_with(tmp_path / name, tiny=SMALL, defaults=text)
    assert folder_changes(tmp_path / "old", tmp_path / "new", LAW) == {
        "defaults": ["bổ sung khi giải quyết · đến ngày: trống → 2026-12-31", "bổ sung khi giải quyết 2027-01-01: mới: 2; Luật Mới; 2027-01-01; chưa"]
    }


@pytest.mark.parametrize("procedure", LAW.all(), ids=[p.id for p in LAW.all()])
def test_a_procedure_has_not_changed_from_itself(procedure):
    assert changes(procedure, procedure) == []


def test_procedures_that_came_and_went(tmp_path):
    other = tiny(tmp_path)
    assert catalogue_changes(Catalogue([other]), Catalogue([LAW.get("khai_tu")])) == {
        f"khai_tu@{LAW.get('khai_tu').valid_from}": ["thủ tục mới"],
        "tiny@2025-07-01": ["bản này đã bỏ"],
    }


def test_a_new_version_is_compared_with_the_one_before_it(tmp_path):
    old = tiny(tmp_path, name="old")
    ended = tiny(tmp_path, ("valid_from: 2025-07-01\n", "valid_from: 2025-07-01\nvalid_to: 2026-12-31\n"), name="ended")
    new = tiny(tmp_path, ("valid_from: 2025-07-01\n", "valid_from: 2027-01-01\n"), ("value: 3", "value: 2"))
    assert catalogue_changes(Catalogue([old]), Catalogue([ended, new])) == {
        "tiny@2025-07-01": ["hiệu lực đến: mới: 2026-12-31"],
        "tiny@2027-01-01": ["hiệu lực từ: 2025-07-01 → 2027-01-01", "thời hạn · số: 3 → 2"],
    }


def test_a_folder_for_review_is_compared_with_the_shipped_files_it_would_replace(tmp_path):
    shipped = (Path(__file__).parents[2] / "backend/procedures/ho_ngheo.yaml").read_text(encoding="utf-8")
    folder_with(tmp_path, ho_ngheo=shipped.replace("value: 15,", "value: 10,"))
    assert folder_changes(tmp_path, None, LAW) == {"ho_ngheo@2025-07-01": ["thời hạn · số: 15 → 10"]}


def test_since_a_dossier_was_made(tmp_path, database, vault, clock):
    office = office_of(vault)
    with database.write() as session:
        _, _, dossier = draft(session, office, clock.now())
        dossiers.send(session, office, dossier, clock.now())
    with database.read() as session:
        assert pinned.version_of(session, UNIT, "h55 242 261123 0001") == ("khai_sinh", "2025-07-01")
        assert pinned.version_of(session, "H55.999", "H55.242-261123-0001") is None
        assert pinned.version_of(session, UNIT, "H55.242-261123-0002") is None
    old, new = tiny(tmp_path, name="old"), tiny(tmp_path, ("valid_from: 2025-07-01\n", "valid_from: 2026-01-01\n"), ("value: 3", "value: 2"))
    assert version_changes(Catalogue([old, new]), "tiny", "2025-07-01") == ["hiệu lực từ: 2025-07-01 → 2026-01-01", "thời hạn · số: 3 → 2"]
    assert version_changes(Catalogue([old, new]), "tiny", "2026-01-01") == []


@pytest.mark.parametrize(
    "id, version, error",
    [("gone", "2025-07-01", "gone is no procedure any more; put gone.yaml back"), ("tiny", "2024-01-01", "put tiny@2024-01-01.yaml back to compare")],
)
def test_a_version_whose_file_is_gone_is_said(tmp_path, id, version, error):
    with pytest.raises(LawError, match=error):
        version_changes(Catalogue([tiny(tmp_path)]), id, version)


def test_the_three_commands(tmp_path, capsys):
    sheet, out = tmp_path / "sheet.xlsx", tmp_path / "out"
    assert main(["procedures", "export", "khai_sinh", "khuyet_tat", "--out", str(sheet)]) == 0
    assert main(["procedures", "import", str(sheet), "--out", str(out)]) == 0
    assert "not verified, so no citizen is told it" in capsys.readouterr().out
    assert main(["procedures", "diff", str(out)]) == 0
    assert capsys.readouterr().out == "nothing changed\n"
    file = out / "khuyet_tat.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("value: 25", "value: 20"), encoding="utf-8")
    assert main(["procedures", "diff", str(out)]) == 0
    assert capsys.readouterr().out == "khuyet_tat@2025-07-01:\n  thời hạn · số: 25 → 20\n"


def test_a_new_procedure_is_told_which_sentences_it_still_lacks(tmp_path, capsys):
    assert main(["procedures", "import", str(SAMPLE), "--out", str(tmp_path / "out"), "--new"]) == 0
    said = capsys.readouterr().out
    assert "xin_nuoc: question 'who' has no text" in said and "xin_nuoc: no read-back" in said


def test_a_command_that_cannot_be_done_says_one_line(tmp_path, capsys):
    assert main(["procedures", "import", str(SAMPLE), "--out", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == "mot-cua: xin_nuoc.csv:2: xin_nuoc is no procedure; add --new if it is a new one\n"
