"""The table is the manual of the readers: what people wrote, and what is made of it.

`table.tsv` is also what `main.py values evaluate` takes; add a line there before changing a reader.
"""

import unicodedata
from pathlib import Path

import pytest

from backend.domain.letters import fold, strip_accents
from backend.domain.values.evaluate import COLUMNS, READERS, TableError, evaluate, predicted, read_table

TABLE = Path(__file__).parent / "table.tsv"
RESULT = evaluate(TABLE)
NO_VALUE = ("ASK", "ERROR")


@pytest.mark.parametrize("kind", READERS)
def test_it_reads_every_row_of_the_table(kind):
    wrong = [row for row in RESULT["rows"] if row["type"] == kind and row["expected"] != row["predicted"]]
    assert wrong == []


def test_the_table_is_long_enough_and_reaches_the_figures():
    rows = RESULT["rows"]
    valued = [row for row in rows if row["expected"] not in NO_VALUE]
    sure_and_wrong = [r for r in rows if r["predicted"] not in (*NO_VALUE, r["expected"])]
    assert len(rows) >= 420
    assert RESULT["accuracy"] >= 0.98
    assert sure_and_wrong == []
    assert sum(row["predicted"] == "ASK" for row in valued) <= 0.1 * len(valued)


def test_every_type_has_values_questions_and_refusals_in_the_table():
    for kind in READERS:
        expected = {row["expected"] for row in RESULT["rows"] if row["type"] == kind}
        assert {"ASK", "ERROR"} < expected


TOLD_BY_ACCENTS = {"hôm kìa", "năm"}
"""Without their accents these are other words: hôm kia, nam."""


@pytest.mark.parametrize(
    "changed",
    [
        strip_accents,
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: f"  {text.replace(' ', '   ')} . ",
        lambda text: f"{text} ạ",
    ],
)
def test_no_row_gets_a_wrong_value_when_it_is_typed_otherwise(changed):
    """Without accents, from a phone that sends decomposed letters, with stray spaces, with a polite word behind."""
    wrong = []
    for kind, today, text, expected in read_table(TABLE):
        found = predicted(kind, changed(text), today)
        if fold(found) not in (fold(expected), "ask", "error") and text not in TOLD_BY_ACCENTS:
            wrong.append((kind, text, expected, found))
    assert wrong == []


def written(tmp_path, content: bytes) -> Path:
    file = tmp_path / "table.tsv"
    file.write_bytes(content)
    return file


HEADER = ("\t".join(COLUMNS) + "\n").encode()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", ":1: the first line must be the header"),
        (b"type\ttext\texpected\n", ":1: the first line must be the header"),
        (HEADER + b"date\t2026-11-23\thom qua\n", ":2: 3 cells, must be 4"),
        (HEADER + b"\nmonth\t2026-11-23\thom qua\tASK\n", ":3: there is no type 'month'"),
        (HEADER + b"date\t23/11/2026\thom qua\t2026-11-22\n", ":2: today must be a day such as 2026-11-23"),
        (HEADER + b"date\t\thom qua\t2026-11-22\n", ":2: today must be a day such as 2026-11-23"),
        (HEADER + b"gender\t2026-11-23\ttrai\t \n", ":2: nothing expected"),
        (HEADER + b"gender\t2026-11-23\ttrai\tmale\ngender\t2026-11-23\tn\xf0\tfemale\n", ":3: not UTF-8"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(tmp_path, content, problem):
    with pytest.raises(TableError) as error:
        read_table(written(tmp_path, content))
    assert problem in str(error.value)


def test_a_missing_table_is_refused_in_one_line(tmp_path):
    with pytest.raises(TableError, match="nothing.tsv: cannot be read .* name an existing file"):
        evaluate(tmp_path / "nothing.tsv")


def test_a_table_from_a_spreadsheet_is_read(tmp_path):
    content = b"\xef\xbb\xbf" + HEADER.replace(b"\n", b"\r\n") + "gender\t\tgái\tfemale\r\n\r\n".encode()
    assert evaluate(written(tmp_path, content)) == {
        "n": 1,
        "accuracy": 1.0,
        "rows": [{"type": "gender", "text": "gái", "expected": "female", "predicted": "female"}],
    }
