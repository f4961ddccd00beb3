"""A sheet that cannot be used is refused as a whole, with file, row, column and what to do."""

import zipfile
from datetime import datetime

import pytest

from backend.domain.law_lines import LawError
from backend.sheets.editing import bring_in, export
from backend.sheets.files import LARGEST, read_sheet, write_sheet
from backend.sheets.reading import procedures_of
from backend.sheets.vocabulary import vocabulary
from tests.law.kit import LAW
from tests.sheets.kit import COLUMNS, LINES, SAMPLE, book, row_of, spoiled

DON, UY_QUYEN = row_of("xin_nuoc", "giấy tờ", "don"), row_of("xin_nuoc", "giấy tờ", "uy_quyen")
FEE, TIME, WHO = row_of("xin_nuoc", "lệ phí"), row_of("xin_nuoc", "thời hạn"), row_of("xin_nuoc", "câu hỏi", "who")
SELF, PERSON, CODE = row_of("xin_nuoc", "lựa chọn", "who.self"), row_of("xin_nuoc", "câu hỏi", "person"), row_of("xin_nuoc", "mã số")
MENU, STEP = row_of("xin_nuoc", "chung", "tên ngắn"), row_of("xin_nuoc", "bước")


def errors_of(path) -> list[str]:
    with pytest.raises(LawError) as refused:
        procedures_of(read_sheet(path), [], new=True)
    return refused.value.lines


@pytest.mark.parametrize(
    "row, column, text, error",
    [
        (DON, "thủ tục", "", 'column "thủ tục": write the id of the procedure'),
        (DON, "phần", "giấy", 'column "phần": write one of: chung, tên gọi, mã số'),
        (DON, "mã", "", 'column "mã" is empty; fill it in'),
        (DON, "nội dung", "", 'column "nội dung" is empty; fill it in'),
        (DON, "loại", "bản gốc", 'column "loại": "bản gốc" is not known here; write one of: bản chính, bản sao'),
        (DON, "đối chiếu", "rồi", 'column "đối chiếu": "rồi" is not known here; write one of: đã, chưa'),
        (DON, "đánh dấu", "xã in", 'column "đánh dấu": "xã in" is not known here; write: xã có'),
        (DON, "số", "3", 'column "số": is not used in a row of "giấy tờ"; empty it, or correct the part'),
        (UY_QUYEN, "mã", "don", "don is there twice; give it another id"),
        (UY_QUYEN, "khi", "who other", 'column "khi": "who other" is no condition; write relation = mother, father'),
        (UY_QUYEN, "khi", "whom = other", 'column "khi": whom is no question of this procedure and no fact'),
        (UY_QUYEN, "khi", "who = others", 'column "khi": who is never others; it is one of other, self'),
        (FEE, "số", "miễn phí", 'column "số": "miễn phí" is no whole number; write 8000, and leave the cell empty'),
        (FEE, "đơn vị", "người", 'column "đơn vị": "người" is not known here; write one of: một hồ sơ, một bản, một trang'),
        (TIME, "đơn vị", "", 'column "đơn vị" is empty; fill it in'),
        (TIME, "giờ chốt", "3 giờ", 'column "giờ chốt": "3 giờ" is no hour; write 15:00'),
        (CODE, "mã", "1.00119", 'column "mã": "1.00119" is no code like 1.001193; a sheet drops last zeros'),
        (CODE, "từ ngày", "31/11/2025", 'column "từ ngày": "31/11/2025" is no day; write 2025-07-01 or 1/7/2025'),
        (WHO, "lấy từ", "giấy", 'column "lấy từ": "giấy" is none of the places an answer comes from: tin nhắn'),
        (WHO, "lấy từ", "giấy(giay_nha)", 'column "lấy từ": paper(giay_nha) names no paper of this procedure'),
        (PERSON, "loại", "số căn cước", 'column "loại": person: a number alone is never asked by text'),
        (SELF, "mã", "whom.self", 'column "mã": write question.option, under the row of its question: whom.mother'),
        (SELF, "mã", "self", 'column "mã": write question.option, under the row of its question: self.mother'),
        (MENU, "mã", "tên gọn", 'column "mã": write one of: tên chính thức, tên thường, tên ngắn'),
        (MENU, "mã", "tên thường", 'column "mã": "tên thường" stands in row 3 already; keep one'),
        (MENU, "nội dung", "Một cái tên dài quá hai mươi hai chữ", 'column "nội dung": String should have at most 22 characters'),
        (STEP, "số", "một nửa", 'column "số": "một nửa" is no share; write 0.25 or 25%'),
    ],
)
def test_a_wrong_cell_is_named(tmp_path, row, column, text, error):
    found = errors_of(spoiled(tmp_path, {(row, column): text}))
    assert [line for line in found if line.startswith(f"sheet.csv:{row}: ") and error in line], found


def test_a_fact_that_is_missing_is_named_at_the_first_row(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text("".join(line for line in SAMPLE.read_text(encoding="utf-8").splitlines(True) if "lĩnh vực" not in line), encoding="utf-8")
    assert errors_of(path) == ['sheet.csv:2: no row "lĩnh vực" in part "chung"; add one']


def test_every_error_is_told_at_once(tmp_path):
    found = errors_of(spoiled(tmp_path, {(FEE, "số"): "nhiều", (DON, "loại"): "giấy", (STEP, "vai"): "ai đó"}))
    assert [line.split(":")[1] for line in found] == [str(DON), str(FEE), str(STEP)]


def test_an_unknown_procedure_is_refused_unless_it_is_new(tmp_path):
    with pytest.raises(LawError) as refused:
        procedures_of(read_sheet(SAMPLE), ["xin_nuoc_sach", "khai_sinh"])
    assert refused.value.lines == ["xin_nuoc.csv:2: xin_nuoc is no procedure; did you mean xin_nuoc_sach? add --new if it is a new one"]


@pytest.mark.parametrize(
    "content, error",
    [
        (SAMPLE.read_text(encoding="utf-8").encode("utf-16"), "sheet.csv:1: not UTF-8, so the accents are lost"),
        ("thủ tục,phần,mã,nội dung\nx,chung,m,".encode() + "á".encode("latin-1"), "sheet.csv:2: not UTF-8"),
        (b"", "sheet.csv:1: empty; the first row is the heading"),
        (b"\n\n,,,\n", "sheet.csv:1: empty; the first row is the heading"),
        (",".join(COLUMNS).encode(), "sheet.csv:1: no row under the heading"),
        ("thủ tục,phần,mã\n".encode(), "sheet.csv:1: the heading lacks nội dung; the first row names the columns"),
        ("thủ tục,phần,mã,nội dung,tiền\n".encode(), 'sheet.csv:1: column "tiền" is not known; known are thủ tục'),
        ("thủ tục,phần,mã,nội dung,Phan\n".encode(), 'sheet.csv:1: column "phần" stands twice; keep one'),
        ("thủ tục,phần,mã,nội dung\nx,căn cứ,,NĐ 1, NĐ 2\n".encode(), "sheet.csv:2: more cells than the heading; put a text with a comma in quotes"),
        ('thủ tục,phần,mã,nội dung\nx,căn cứ,,"NĐ 1\n'.encode(), "sheet.csv:2: not CSV from here on"),
        ("thủ tục,phần,mã,nội dung\nx,căn cứ,,=A1\n".encode(), "sheet.csv:2: cell D2 is a formula; paste it again as a value"),
        (b" " * (LARGEST + 1), "sheet.csv:1: larger than 5 MB"),
    ],
)
def test_a_csv_that_is_none(tmp_path, content, error):
    path = tmp_path / "sheet.csv"
    path.write_bytes(content)
    assert error in "\n".join(errors_of(path))


def test_a_row_after_a_text_of_several_lines_keeps_its_number(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text('thủ tục,phần,mã,nội dung\nxin_nuoc,chung,ghi chú,"một\nhai\nba"\nxin_nuoc,giay,,\n', encoding="utf-8")
    assert 'sheet.csv:5: column "phần": write one of' in errors_of(path)[0]


@pytest.mark.parametrize(
    "change, error",
    [
        (lambda page: page.cell(FEE, COLUMNS.index("số") + 1, "=100+50"), f"sheet.xlsx:{FEE}: cell J{FEE} is a formula; paste it again as a value"),
        (lambda page: page.merge_cells("A2:A5"), "sheet.xlsx:2: the cells A2:A5 are merged; unmerge them and write the value in each row"),
        (lambda page: page.cell(FEE, COLUMNS.index("số") + 1, True), f"sheet.xlsx:{FEE}: cell J{FEE} is true or false; write it as a word"),
        (lambda page: page.cell(FEE, COLUMNS.index("số") + 1, "#REF!"), f"sheet.xlsx:{FEE}: cell J{FEE} shows #REF!; write its value"),
        (lambda page: page.cell(CODE, COLUMNS.index("mã") + 1, 1.00169), f'sheet.xlsx:{CODE}: column "mã": "1.00169" is no code like 1.001193'),
        (lambda page: page.delete_cols(4), "sheet.xlsx:1: the heading lacks nội dung"),
    ],
    ids=["formula", "merged cells", "truth", "broken reference", "code as a number", "column taken out"],
)
def test_an_xlsx_that_would_be_guessed_at(tmp_path, change, error):
    assert error in "\n".join(errors_of(book(tmp_path, change)))


def test_numbers_and_days_of_a_spreadsheet_are_read_as_they_are_shown(tmp_path):
    def typed(page):
        page.cell(FEE, COLUMNS.index("số") + 1, 150000)
        page.cell(CODE, COLUMNS.index("từ ngày") + 1, datetime(2025, 7, 1))

    assert procedures_of(read_sheet(book(tmp_path, typed)), [], new=True)[0].procedure == procedures_of(read_sheet(SAMPLE), [], new=True)[0].procedure


@pytest.mark.parametrize("name", ["sheet.xls", "sheet.xlsm", "sheet.ods", "sheet.txt"])
def test_other_kinds_of_file_are_not_tried(tmp_path, name):
    (tmp_path / name).write_bytes(b"PK")
    assert errors_of(tmp_path / name) == [f"{name}:1: not read; save the sheet as .xlsx, or as CSV UTF-8 (.csv)"]


def test_an_xlsx_of_something_else(tmp_path):
    (tmp_path / "sheet.xlsx").write_bytes(b"not a zip")
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as made:
        made.writestr("a.txt", "a")
    for name in ("sheet.xlsx", "zip.xlsx"):
        assert errors_of(tmp_path / name) == [f"{name}:1: not an .xlsx file inside; open it in a spreadsheet and save it again as .xlsx"]


def test_a_sheet_that_unpacks_without_end_is_not_opened(tmp_path):
    with zipfile.ZipFile(tmp_path / "sheet.xlsx", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/worksheets/sheet1.xml", b"0" * (20 * LARGEST + 1))
    assert errors_of(tmp_path / "sheet.xlsx") == ["sheet.xlsx:1: far too large when unpacked; copy the rows into a new file"]


def test_a_file_that_is_not_there(tmp_path):
    assert "cannot be opened" in errors_of(tmp_path / "none.csv")[0]


def test_nothing_is_half_written(tmp_path):
    two = tmp_path / "two.csv"
    good = [["khai_sinh", *line[1:]] for line in LINES[1:]]
    rows = [dict(zip(vocabulary().columns, line, strict=True)) for line in [*good, *LINES[1:FEE], ["xin_nuoc", "lệ phí", *LINES[FEE - 1][2:9], "nhiều", *LINES[FEE - 1][10:]]]]
    write_sheet(two, rows)
    with pytest.raises(LawError):
        bring_in(two, tmp_path / "out", LAW, new=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["two.csv"]


def test_a_folder_with_files_is_left_alone(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "khai_sinh.yaml").write_text("id: mine")
    with pytest.raises(LawError, match="not empty; name a new folder"):
        bring_in(SAMPLE, tmp_path / "out", LAW, new=True)
    assert [path.read_text() for path in (tmp_path / "out").iterdir()] == ["id: mine"]


def test_an_empty_folder_that_waits_for_the_files_will_do(tmp_path):
    (tmp_path / "out").mkdir()
    bring_in(SAMPLE, tmp_path / "out", LAW, new=True)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["xin_nuoc.yaml"]


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LawError, match="cannot be written"):
        bring_in(SAMPLE, tmp_path / "file" / "out", LAW, new=True)
    with pytest.raises(LawError, match="cannot be written"):
        export(LAW, ["khai_sinh"], tmp_path / "none" / "sheet.csv")
    with pytest.raises(LawError, match="call it .csv or .xlsx"):
        export(LAW, ["khai_sinh"], tmp_path / "sheet.txt")
    with pytest.raises(LawError, match="khai_sin is no procedure; known are "):
        export(LAW, ["khai_sin"], tmp_path / "sheet.csv")
