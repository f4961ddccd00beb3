"""What /openapi.json says of the API is true: generated requests get only answers that it describes, and none is a fault of ours."""

from __future__ import annotations

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.api.kit import token

EXAMPLES = 4
BOTH_WAYS = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
SEEDED = settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


def falsehoods(operation, mode: GenerationMode, headers: dict[str, str]) -> list[str]:
    """What requests of this mode get that the description of the door does not say."""

    @SEEDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case) -> None:
        case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])  # that a procedure exists is not the schema's

    try:
        ask()
    except Unsatisfiable:  # a door without any field cannot be asked wrongly
        return []
    except FailureGroup as found:
        return [f"{operation.label}: {type(one).__name__}: {one}" for one in found.exceptions]
    return []


@pytest.mark.parametrize("mode", BOTH_WAYS, ids=["right", "wrong"])
def test_generated_requests_get_answers_as_described(desk, mode):
    document = schemathesis.openapi.from_url(f"{desk.home.url}/openapi.json").include(path_regex="^/api/v1/")
    headers = {"Authorization": f"Bearer {token(desk)}"}
    operations = [found.ok() for found in document.get_all_operations()]
    assert len(operations) > 14
    assert "\n".join(line for operation in operations for line in falsehoods(operation, mode, headers)) == ""


@pytest.fixture(scope="module")
def paths(desk) -> dict:
    document = httpx.get(f"{desk.home.url}/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    return {path: doors for path, doors in document["paths"].items() if path.startswith("/api/v1/")}


def test_every_door_names_its_token_and_its_problems(paths):
    doors = [(path, verb, door) for path, verbs in paths.items() for verb, door in verbs.items()]
    assert len(doors) > 14
    for path, verb, door in doors:
        assert door["security"] == [{"token": []}], path
        assert {"401", "403", "422", "429", "500"} <= set(door["responses"]), path
        assert {"Retry-After", "RateLimit"} <= set(door["responses"]["429"]["headers"]), path
        errors = [answer["content"] for status, answer in door["responses"].items() if int(status) >= 400]
        assert all(set(content) == {"application/problem+json"} for content in errors), path


def test_every_post_takes_a_key_and_says_that_it_may_be_a_repeat(paths):
    for path, verbs in paths.items():
        for door in (verbs[verb] for verb in verbs if verb == "post"):
            keys = [one for one in door["parameters"] if one["name"] == "Idempotency-Key"]
            assert [one["required"] for one in keys] == [True], path
            assert any("Idempotency-Replayed" in answer.get("headers", {}) for answer in door["responses"].values()), path


def test_no_field_of_an_answer_is_made_for_a_persons_name_or_number_but_the_contents(desk):
    schemas = httpx.get(f"{desk.home.url}/openapi.json").json()["components"]["schemas"]
    personal = {"citizen_id", "birth_date", "address", "facts", "applicant", "subject", "collector", "proof", "phone"}
    takes = {"Send", "ActData", "OfficeOut", "PartyOut"}  # what comes in, the counter's own number, and the one door that has a scope of its own
    assert {(name, field) for name, one in schemas.items() if name not in takes for field in one.get("properties", {}) if field in personal} == set()


def test_a_wrong_way_of_calling_is_a_problem_too(portal):
    assert problem_of(portal.http.put("/dossiers")) == (405, "application/problem+json")


def problem_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.headers["content-type"]
