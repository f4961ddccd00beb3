"""Measuring on a file of lines: the figures, and what a bad file is told."""

from __future__ import annotations

import pytest

from bot.dialogue.types import Understanding
from bot.nlu_evaluate import evaluate, read_lines


def parse(text: str) -> Understanding:
    """A reader who knows two words."""
    if "khai sinh" in text:
        return Understanding("ask_procedure", 0.91234, "khai_sinh", 0.9)
    return Understanding("greet", 0.4)


@pytest.fixture
def table(tmp_path):
    def write(content: str | bytes):
        path = tmp_path / "lines.tsv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_it_counts_intents_on_all_rows_and_procedures_on_those_that_have_one(table):
    path = table(
        "text\tintent\tprocedure\n"
        "làm khai sinh\task_procedure|start_dossier\tkhai_sinh\n"
        "xin chào\tgreet\t\n"
        "đổi họ cho con\task_procedure\tcai_chinh|khai_sinh\n"
    )
    result = evaluate(path, parse)
    assert result["n"] == 3
    assert result["intent_accuracy"] == pytest.approx(2 / 3)
    assert result["procedure_accuracy"] == pytest.approx(1 / 2)
    assert result["rows"][0] == {
        "text": "làm khai sinh", "intent": "ask_procedure|start_dossier", "procedure": "khai_sinh",
        "predicted_intent": "ask_procedure", "predicted_procedure": "khai_sinh", "confidence": 0.9123,
    }  # fmt: skip
    assert result["rows"][1]["predicted_procedure"] == ""


def test_a_table_of_another_system_is_read_too(table):
    path = table("\ufefftext\tintent\tprocedure\r\nxin chào\tgreet\t\r\n\r\n".encode())
    assert read_lines(path) == [("xin chào", frozenset({"greet"}), frozenset())]


def test_a_folder_is_read_file_by_file(table):
    header = "text\tintent\tprocedure\n"
    folder = table(f"{header}chào\tgreet\t\n").parent
    (folder / "a.tsv").write_text(f"{header}ơi\tgreet\t\n", "utf-8")
    assert [text for text, _, _ in read_lines(folder)] == ["ơi", "chào"]


def test_an_empty_folder_has_no_row(tmp_path):
    with pytest.raises(ValueError, match="no .tsv file"):
        read_lines(tmp_path)


def test_without_a_named_procedure_there_is_no_figure_for_it(table):
    assert evaluate(table("text\tintent\tprocedure\nchào\tgreet\t\n"), parse)["procedure_accuracy"] is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "line 1: the header must be text intent procedure"),
        ("text\tintent\nchào\tgreet\n", "line 1: the header"),
        ("text\tintent\tprocedure\nchào\tgreet\n", "line 2: 2 cells, expected 3"),
        ("text\tintent\tprocedure\nchào\tgreet\t\nmột\thai\tba\tbốn\n", "line 3: 4 cells"),
        ("text\tintent\tprocedure\n\tgreet\t\n", "line 2: text and intent must not be empty"),
        ("text\tintent\tprocedure\nchào\t \t\n", "line 2: text and intent must not be empty"),
        ("text\tintent\tprocedure\n", "no row below the header"),
        ("text\tintent\tprocedure\nchào\tgreet\t\n".encode() + b"ch\xe0o\tgreet\t\n", "line 3: not UTF-8"),
    ],
)
def test_a_bad_file_is_told_with_its_line(table, content, told):
    with pytest.raises(ValueError, match="lines.tsv") as refused:
        read_lines(table(content))
    assert told in str(refused.value)
