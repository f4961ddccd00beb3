"""Out into a sheet and back: nothing of a procedure is lost, and every field of the schema has its column."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.law_files import load_catalogue
from backend.domain.letters import nfc
from backend.domain.procedure import (  # fmt: skip
    BundlePart,
    Code,
    FeeCase,
    Names,
    Option,
    Paper,
    Procedure,
    Question,
    Step,
    Stop,
    SupplementCase,
    TimeCase,
)
from backend.sheets.editing import bring_in, export
from backend.sheets.files import read_sheet, write_sheet
from backend.sheets.parts import FACTS, LISTS, MARKS, NAMES, PARTS
from backend.sheets.reading import Row, Sheet, procedures_of
from backend.sheets.rows import rows_of
from backend.sheets.vocabulary import id_of, vocabulary
from backend.sheets.yaml_file import yaml_of
from tests.law.kit import LAW, SMALL, folder_with
from tests.sheets.kit import SAMPLE

ALL = LAW.versions()
IDS = [f"{p.id}@{p.valid_from}" for p in ALL]


def back(procedure: Procedure) -> Procedure:
    sheet = Sheet("memory", [Row(n, row) for n, row in enumerate(rows_of(procedure), 2)])
    return procedures_of(sheet, [procedure.id])[0].procedure


@pytest.mark.parametrize("procedure", ALL, ids=IDS)
def test_a_shipped_procedure_comes_back_the_same(procedure):
    assert back(procedure) == procedure


def test_days_of_a_fee_and_how_often_a_supplement_may_be_asked_come_back_the_same(tmp_path):
    dated = "  - {amount: 8000, valid_to: 2026-12-31}\n  - {amount: 5000, valid_from: 2027-01-01, verified: false}\nsupplement:\n  - {stage: intake, most: 1, ground: Luật Nhỏ}\n  - {stage: processing, most: 2, ground: Luật Nhỏ, valid_to: 2026-12-31}\n"
    made = load_catalogue(folder_with(tmp_path, tiny=SMALL.replace("  - {amount: null}\n", dated))).get("tiny")
    assert back(made) == made and len(made.fee) == len(made.supplement) == 2


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_and_the_files_made_of_it_hold_the_same_procedures(tmp_path, kind):
    some = ["khai_sinh", "lien_thong_khai_sinh", "ct_ban_sao", "tam_tru", "hoc_phi", "xn_doc_than"]
    export(LAW, some, tmp_path / f"sheet.{kind}")
    bring_in(tmp_path / f"sheet.{kind}", tmp_path / "out", LAW)
    written = load_catalogue(tmp_path / "out")
    assert {p.id: p for p in written.all()} == {name: LAW.get(name) for name in some}


@pytest.mark.parametrize("procedure", ALL, ids=IDS)
def test_its_yaml_file_says_the_same(tmp_path, procedure):
    (tmp_path / f"{procedure.id}.yaml").write_text(yaml_of(procedure, "sheet.csv"), encoding="utf-8")
    assert load_catalogue(tmp_path).get(procedure.id) == procedure
    assert (tmp_path / f"{procedure.id}.yaml").read_text(encoding="utf-8").startswith("# From sheet.csv")


def test_every_field_of_the_schema_has_its_place_on_the_sheet():
    models = {"codes": Code, "questions": Question, "options": Option, "papers": Paper, "fee": FeeCase, "time": TimeCase, "supplement": SupplementCase, "route": Step, "stops": Stop}
    apart = {"questions": {"options"}}
    for part, model in models.items():
        names = {field.alias or name for name, field in model.model_fields.items()}
        assert set(PARTS[part]) | set(MARKS.get(part, {})) == names - apart.get(part, set()), part
    inside = {f"time.{name}" for name in TimeCase.model_fields} - {"time.when"}
    assert set(PARTS["bundle"]) == set(BundlePart.model_fields) - {"time"} | inside
    assert set(NAMES) | {"folk"} == set(Names.model_fields)
    assert set(FACTS) - set(NAMES) | set(PARTS) - {"options"} | set(LISTS) - {"folk"} | {"id", "names"} == set(Procedure.model_fields)


def test_every_word_of_the_sheet_is_one_of_its_kind():
    words = vocabulary()
    for names in (words.columns, words.parts, words.facts, words.marks, *words.values.values()):
        assert [id for id, word in names.items() if id_of(names, word) != id or id_of(names, id) != id] == []


def test_the_page_for_officers_names_every_word():
    page = (Path(__file__).parents[2] / "docs/procedures_sheet.md").read_text(encoding="utf-8")
    words = vocabulary()
    shown = [*words.columns.values(), *words.parts.values(), *words.facts.values(), *words.marks.values()]
    shown += [word for kind, names in words.values.items() if kind not in ("owner", "file_by_text", "confidence") for word in names.values()]
    assert [word for word in shown if word not in page] == []


def test_a_sheet_filled_by_an_officer_is_read():
    (found,) = procedures_of(read_sheet(SAMPLE), [], new=True)
    water = found.procedure
    assert (water.names.menu, water.sign_what, water.code, str(water.valid_from)) == ("Nối nước", "đơn", "1.000001", "2025-07-01")
    assert [(q.id, q.source, q.may_be_unknown) for q in water.questions] == [("who", "text", False), ("person", "text", True), ("phone", "phone", False)]
    assert water.questions[0].options[0].words == ["tôi", "nhà tôi"]
    assert (water.fee[0].amount, [step.share for step in water.route]) == (150000, [0.4, 0.6])


def test_what_nobody_has_compared_is_shown_and_never_told():
    (found,) = procedures_of(read_sheet(SAMPLE), [], new=True)
    assert [(paper.id, paper.verified) for paper in found.procedure.papers] == [("don", True), ("uy_quyen", False)]
    assert (found.procedure.fee[0].verified, found.procedure.time[0].verified) == (True, False)
    assert found.unverified == [
        "xin_nuoc.csv:22: xin_nuoc, giấy tờ uy_quyen: not verified, so no citizen is told it",
        "xin_nuoc.csv:24: xin_nuoc, thời hạn: not verified, so no citizen is told it",
    ]


def test_an_empty_fee_is_not_known_and_never_free(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text(SAMPLE.read_text(encoding="utf-8").replace("150.000", ""), encoding="utf-8")
    assert procedures_of(read_sheet(path), [], new=True)[0].procedure.fee[0].amount is None


@pytest.mark.parametrize("change", [lambda t: "\ufeff" + t, lambda t: t.replace(",", ";").replace("tôi; nhà tôi", '"tôi; nhà tôi"').replace('"Nhận; kiểm tra"', '"Nhận, kiểm tra"')], ids=["byte order mark", "semicolons"])
def test_csv_as_spreadsheets_save_it(tmp_path, change):
    path = tmp_path / "sheet.csv"
    path.write_text(change(SAMPLE.read_text(encoding="utf-8")), encoding="utf-8")
    assert procedures_of(read_sheet(path), [], new=True)[0].procedure == procedures_of(read_sheet(SAMPLE), [], new=True)[0].procedure


CELL = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Zl", "Zp")), max_size=40).map(lambda text: nfc(text).strip())


@given(st.lists(st.fixed_dictionaries({"procedure": st.just("tiny"), "text": CELL.filter(lambda text: text and text[0] != "=")}), min_size=1, max_size=8))
def test_any_text_survives_the_csv(tmp_path_factory, rows):
    path: Path = tmp_path_factory.mktemp("any") / "sheet.csv"
    write_sheet(path, rows)
    assert [row.cells for row in read_sheet(path).rows] == rows


def test_a_formula_like_text_stays_a_text_in_xlsx(tmp_path):
    write_sheet(tmp_path / "sheet.xlsx", [{"procedure": "tiny", "text": "=1+1"}])
    assert read_sheet(tmp_path / "sheet.xlsx").rows[0].cells["text"] == "=1+1"


def test_the_whole_catalogue_goes_into_one_sheet(tmp_path):
    rows = export(LAW, [], tmp_path / "all.csv")
    assert len(read_sheet(tmp_path / "all.csv").rows) == rows
    newest = LAW.all()
    assert [one.procedure for one in procedures_of(read_sheet(tmp_path / "all.csv"), [p.id for p in newest])] == newest


def test_an_older_version_is_exported_by_its_day(tmp_path):
    export(LAW, ["khai_sinh@2025-07-01"], tmp_path / "old.csv")
    assert [one.procedure for one in procedures_of(read_sheet(tmp_path / "old.csv"), ["khai_sinh"])] == [LAW.by_version("khai_sinh", "2025-07-01")]
