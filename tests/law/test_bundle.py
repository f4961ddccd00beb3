"""Bundles as data: each part hangs on parts before it, one part is ours, and what a part names is in the catalogue."""

import pytest

from backend.domain.law_files import check
from tests.law.kit import LAW, SMALL, folder_with

GOOD = """\
bundle:
  - {id: first, label: Một, procedure: tiny, owner: commune}
  - {id: second, label: Hai, owner: commune_police, after: [first], time: {value: 7, unit: working_day}}
"""


def test_a_good_bundle_has_no_error(tmp_path):
    assert check(folder_with(tmp_path, tiny=SMALL + GOOD)) == []


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (("id: second", "id: first"), "tiny.yaml:26: part first is there twice; give it another id"),
        (("after: [first]", "after: [third]"), "tiny.yaml:26: part second hangs on third, which is no part before it; move it down"),
        (("owner: commune}", "owner: school}"), "tiny.yaml:25: no part is the commune's in every case: what it takes in, it must do a part of"),
        (("owner: commune}", "owner: commune, when: {who: [self]}}"), "tiny.yaml:25: no part is the commune's in every case: what it takes in, it must do a part of"),
        (("after: [first]", "after: [first], when: {who: [king]}"), "tiny.yaml:26: who is never king; it is one of other, self"),
        (("after: [first]", "after: [first], when: {nobody: [self]}"), "tiny.yaml:26: nobody is no question of this procedure and no fact; facts are "),
        (("unit: working_day}", "unit: working_day, when: {who: [self]}}"), "tiny.yaml:26: part second has one time; write the condition beside it, as the part's own when"),
        (("owner: commune_police", "owner: king"), "tiny.yaml:26: bundle.1.owner: "),
    ],
)
def test_a_wrong_bundle_says_where_and_what(tmp_path, change, error):
    lines = check(folder_with(tmp_path, tiny=SMALL + GOOD.replace(*change)))
    assert any(line.startswith(error) for line in lines), lines


def test_every_part_names_a_procedure_of_the_catalogue_at_its_own_office():
    bundles = [procedure for procedure in LAW.all() if procedure.bundle]
    assert {procedure.id for procedure in bundles} >= {"lien_thong_khai_sinh"}
    for part in (part for procedure in bundles for part in procedure.bundle if part.procedure):
        assert LAW.get(part.procedure).owner == part.owner
