"""A wrong procedure file stops the start and names file, line and what to do."""

from datetime import time

import pytest

from backend.domain.law_files import CatalogueError, check, load_catalogue
from tests.law.kit import PROCEDURES, SMALL, folder_with

QUESTIONS = "".join(f"  - {{id: q{n}, label: Câu, type: text, from: text}}\n" for n in range(10))
STORIES = "".join(f"  - {{id: s{n}, label: Chuyện, type: story, from: text}}\n" for n in range(5))
FIVE = ", ".join(f"{{id: o{n}, label: Chữ}}" for n in range(5))


def swap(old: str, new: str):
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def test_the_real_files_are_in_order():
    assert check(PROCEDURES) == []


def test_the_small_file_is_in_order(tmp_path):
    assert [p.id for p in load_catalogue(folder_with(tmp_path, tiny=SMALL)).all()] == ["tiny"]


def test_yes_and_hours_are_read_as_they_are_written(tmp_path):
    text = SMALL.replace('file_by_text: "yes"', "file_by_text: yes").replace("{value: 3, unit: working_day}", "{value: 1, unit: same_day, cutoff: 15:00}")
    tiny = load_catalogue(folder_with(tmp_path, tiny=text)).get("tiny")
    assert (tiny.file_by_text, tiny.time[0].cutoff) == ("yes", time(15))


@pytest.mark.parametrize(
    "change, error",
    [
        (swap("field: Hộ tịch", "field: [Hộ tịch"), "tiny.yaml:6: not YAML"),
        (swap("field: Hộ tịch", "feild: Hộ tịch"), "tiny.yaml:1: field: Field required"),
        (swap("field: Hộ tịch", "field: Hộ tịch\nfield: Khác"), "tiny.yaml:6: field stands twice; the first would be lost"),
        (swap('file_by_text: "yes"', "file_by_text: maybe"), "tiny.yaml:6: file_by_text: Input should be 'yes', 'note' or 'no'"),
        (swap("checked: 2026-11-23", "checked: 2026-11-31"), "tiny.yaml:8: checked: "),
        (swap('codes:\n  - {code: "1.000001", valid_from: 2025-07-01}', "codes: []"), "tiny.yaml:3: one code holds today; where none was found leave codes empty and say confidence: low"),
        (swap("valid_from: 2025-07-01}", 'valid_from: 2025-07-01, replaced_by: "1.000002"}'), "tiny.yaml:4: one code holds today"),
        (swap("menu: Giấy nhỏ", "menu: Một cái tên dài quá hai mươi hai chữ"), "tiny.yaml:2: names.menu: "),
        (swap("from: number(name)", "from: register(name)"), "tiny.yaml:15: questions.2.from: "),
        (swap("from: number(name)", "from: number(nobody)"), "tiny.yaml:15: number(nobody) names no question of this procedure"),
        (swap("from: number(name)", "from: paper(slip)"), "tiny.yaml:15: paper(slip) names no paper of this procedure"),
        (swap("id: copies", "id: who"), "tiny.yaml:16: who is there twice"),
        (swap("id: mandate", "id: card"), "tiny.yaml:19: card is there twice"),
        (swap("{id: other, label: Người khác}", "{id: self, label: Người khác}"), "tiny.yaml:13: option self is there twice"),
        (swap("only_if: {who: [other]}}\n  - {id: number", "only_if: {whom: [other]}}\n  - {id: number"), "tiny.yaml:14: whom is no question of this procedure and no fact"),
        (swap("only_if: {who: [other]}}\n  - {id: number", "only_if: {who: [others]}}\n  - {id: number"), "tiny.yaml:14: who is never others; it is one of other, self"),
        (swap("when: {who: [other]}", "when: {late_birth: [maybe]}"), "tiny.yaml:19: late_birth is never maybe; it is one of no, yes"),
        (swap("when: {who: [other]}", "when: {name: [Pá]}"), "tiny.yaml:19: name has no options"),
        (swap("when: {who: [other]}", "when: {who: [yes]}"), "tiny.yaml:19: who is never yes"),
        (swap("when: {who: [other]}", "when: {who: other}"), "tiny.yaml:19: papers.1.when.who: Input should be a valid list"),
        (swap("options: [{id: self, label: Mình}, {id: other, label: Người khác}]", f"options: [{FIVE}]"), "tiny.yaml:13: who offers 5 choices; 4 are read to the end"),
        (swap(", options: [{id: self, label: Mình}, {id: other, label: Người khác}]", ""), "tiny.yaml:13: who is a choice without options"),
        (swap("type: citizen_id, from: number(name)", "type: citizen_id, from: text"), "tiny.yaml:15: number: a number alone is never asked by text"),
        (swap("  - {id: copies", QUESTIONS + "  - {id: copies"), "tiny.yaml:13: 12 questions are asked by text on the longest path"),
        (swap("  - {id: copies", STORIES + "  - {id: copies"), "tiny.yaml:13: the longest path takes 15 turns"),
        (swap("  - {id: who", "  - {id: early, label: Sớm, type: text, from: text, only_if: {who: [self]}}\n  - {id: who"), "tiny.yaml:13: early hangs on who, which comes later"),
        (swap("valid_from: 2025-07-01\nchecked", "valid_from: 2025-07-01\nvalid_to: 2025-01-01\nchecked"), "tiny.yaml:8: ends before it begins"),
        (swap('file_by_text: "yes"', "file_by_text: note"), "tiny.yaml:6: a noted procedure says what is signed at the desk"),
        (swap('file_by_text: "yes"', 'owner: commune_police\nfile_by_text: "yes"'), "tiny.yaml:7: commune_police does this"),
        (swap("time:\n", "route:\n  - {role: lanhdao, task: Ký, share: 0.5}\ntime:\n"), "tiny.yaml:23: the shares of the steps do not add up to 1"),
        (swap("id: tiny", "id: large"), "tiny.yaml:1: the file of large is called large.yaml"),
        (lambda text: "", "tiny.yaml:1: "),
    ],
)  # fmt: skip
def test_an_error_names_file_and_line(tmp_path, change, error):
    lines = check(folder_with(tmp_path, tiny=change(SMALL)))
    assert any(line.startswith(error) for line in lines), lines


def test_a_question_that_no_answers_lead_to_is_found(tmp_path):
    lost = "  - {id: lost, label: Lạc, type: text, from: counter, only_if: {kind: [b], who: [self]}}\n"
    kind = "  - {id: kind, label: Loại, type: choice, from: text, only_if: {who: [other]}, options: [{id: a, label: A}, {id: b, label: B}]}\n"
    text = SMALL.replace("  - {id: copies", kind + lost + "  - {id: copies")
    assert check(folder_with(tmp_path, tiny=text)) == ["tiny.yaml:17: lost is never reached: no answers lead to it"]


def test_every_error_of_every_file_is_told_at_once(tmp_path):
    one, two = SMALL.replace("who: [other]", "who: [others]"), "id: [\n"
    lines = check(folder_with(tmp_path, tiny=one, other=two))
    assert [line.partition(":")[0] for line in lines] == ["other.yaml", "tiny.yaml", "tiny.yaml", "tiny.yaml"]


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    (tmp_path / "tiny.yaml").write_bytes(SMALL.encode("utf-16"))
    assert check(tmp_path) == ["tiny.yaml:1: cannot be read as UTF-8 text; save it as UTF-8"]


def test_two_versions_may_not_hold_on_one_day(tmp_path):
    later = SMALL.replace("valid_from: 2025-07-01\nchecked", "valid_from: 2027-03-01\nchecked")
    lines = check(folder_with(tmp_path, tiny=SMALL, tiny__at__2027=later))
    assert lines == ["tiny@2027.yaml:7: two versions of tiny hold on 2027-03-01; end the older one the day before"]


@pytest.mark.parametrize(
    "clusters, error",
    [
        ("- phrases: [mai táng]\n  ask:\n    - {id: tiny}\n    - {id: tinier}\n", "clusters.yaml:4: tinier is no procedure"),
        ("- phrases: [mai táng]\n  ask:\n    - {id: tiny}\n", "clusters.yaml:3: 0.ask: List should have at least 2 items"),
        ("- phrases: []\n  ask: [{id: tiny}, {id: tiny}]\n", "clusters.yaml:1: 0.phrases: "),
        ("- phrases: [a]\n  aks: []\n", "clusters.yaml:1: 0.ask: Field required"),
        ("phrases: [a]\n", "clusters.yaml:1: "),
        ("- [\n", "clusters.yaml:2: not YAML"),
    ],
)
def test_a_wrong_cluster_names_its_line(tmp_path, clusters, error):
    lines = check(folder_with(tmp_path, tiny=SMALL, clusters=clusters))
    assert any(line.startswith(error) for line in lines), lines


def test_the_start_stops_with_all_lines(tmp_path):
    with pytest.raises(CatalogueError, match="tiny.yaml:1: id"):
        load_catalogue(folder_with(tmp_path, tiny=SMALL.replace("id: tiny", "id: Tiny!")))
