"""The full deployment's files, held to the code: settings, commands, and all that an image must contain."""

import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from backend.settings import Settings
from bot.channels.gateway_config import ENVIRONMENT as GATEWAY

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
SETTINGS = set(Settings.model_fields) | set(GATEWAY)
OURS = ["migrate", "app", "worker", "learn"]
SERVER_ONLY = {"HOST", "PORT"}  # migrate does not listen
UVICORNS = {"FORWARDED_ALLOW_IPS"}
MUST_BE_GIVEN = {"SECRET_KEY", "NLU_TOKEN", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "SITE_ADDRESS", "UNIT", "DUTY_PHONES"}
DOCKERFILES = {"app": "docker/app.Dockerfile", "nlu": "docker/nlu.Dockerfile", "learn": "docker/learn.Dockerfile"}


def instructions(dockerfile: str) -> list[list[str]]:
    text = (ROOT / dockerfile).read_text().replace("\\\n", " ")
    return [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def copies(dockerfile: str) -> list[tuple[str, str]]:
    """Return (source, target folder or file) for every COPY of ours; another image's files are its own matter."""
    ours = [words for words in instructions(dockerfile) if words[0] == "COPY" and not words[1].startswith("--from=")]
    return [(source, words[-1]) for words in ours for source in words[1:-1]]


def lay(dockerfile: str, folder: Path) -> None:
    """Copy what the image would hold, as COPY does and .dockerignore allows."""
    ignored = shutil.ignore_patterns("__pycache__", ".venv", ".rasa", "models")
    for source, target in copies(dockerfile):
        came, goes = ROOT / source, folder / target
        if came.is_dir():
            shutil.copytree(came, goes, ignore=ignored, dirs_exist_ok=True)
        else:
            goes = goes / came.name if target.endswith("/") else goes
            goes.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(came, goes)


@pytest.mark.parametrize("service", OURS)
def test_every_name_in_the_environment_is_a_setting(service):
    assert set(SERVICES[service]["environment"]) - SETTINGS - UVICORNS == set()


@pytest.mark.parametrize("service", OURS)
def test_every_setting_can_be_given(service):
    assert SETTINGS - set(SERVICES[service]["environment"]) - SERVER_ONLY - {"WORKERS"} == set()


def test_secrets_and_places_have_no_default():
    text = (ROOT / "docker-compose.yml").read_text()
    assert set(re.findall(r"\$\{(\w+):\?[^}]+\}", text)) == MUST_BE_GIVEN
    assert set(re.findall(r"(?<!\$)\$\{?(\w+)", text)) == MUST_BE_GIVEN


def test_the_example_lists_what_must_be_given_and_gives_no_value():
    lines = [line for line in (ROOT / "docker/example.env").read_text().splitlines() if not line.startswith("#")]
    assert {line.partition("=")[0] for line in lines} == MUST_BE_GIVEN
    assert [line for line in lines if line.partition("=")[2]] == []


def test_only_the_front_can_be_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["front"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    inner = [name for name, service in SERVICES.items() if service["networks"] == ["inside"]]
    assert sorted(inner) == ["learn", "migrate", "nlu", "postgres", "redis"]


def test_what_may_be_scaled_has_no_fixed_name_and_every_lasting_service_a_health_check():
    assert [name for name, service in SERVICES.items() if "container_name" in service] == []
    assert [name for name, service in SERVICES.items() if "healthcheck" not in service and service["restart"] != "no"] == []


def test_what_a_service_waits_for_is_there():
    waits = {other: how["condition"] for s in SERVICES.values() for other, how in s.get("depends_on", {}).items()}
    assert set(waits) <= set(SERVICES)
    assert {other for other, how in waits.items() if how == "service_completed_successfully"} == {"migrate"}


@pytest.mark.parametrize("service", OURS)
def test_its_command_is_one_of_the_command_line(service):
    python, program, *arguments = SERVICES[service]["command"]
    assert (python, program) == ("python", "main.py")
    asked = subprocess.run([sys.executable, "main.py", *arguments, "--help"], cwd=ROOT, capture_output=True, text=True)
    assert asked.returncode == 0, asked.stderr


def test_the_database_is_durable_and_its_log_quotes_nobody():
    assert {"--fsync=on", "--synchronous_commit=on", "--log_error_verbosity=terse", "--log_min_error_statement=panic"} <= set(
        SERVICES["postgres"]["command"]
    )


@pytest.mark.parametrize("image", DOCKERFILES)
def test_an_image_installs_by_hash_and_does_not_run_as_root(image):
    lines = instructions(DOCKERFILES[image])
    installs = [words for words in lines if words[:3] == ["RUN", "pip", "install"]]
    assert len(installs) == 1 and "--require-hashes" in installs[0]
    assert [words for words in lines if words[0] == "USER"] == [["USER", "motcua"]]
    assert SERVICES[image]["build"] == {"context": ".", "dockerfile": DOCKERFILES[image]}


@pytest.mark.parametrize("image", DOCKERFILES)
def test_an_image_copies_what_is_there_and_not_ignored(image):
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for source, _ in copies(DOCKERFILES[image]):
        assert (ROOT / source).exists(), source
        assert any(fnmatch(source, f"{name}*") or name.startswith(f"{source}/") for name in allowed), source


@pytest.mark.parametrize("image", ["app", "learn"])
def test_an_image_of_the_app_holds_all_that_the_app_reads(tmp_path, image):
    lay(DOCKERFILES[image], tmp_path)
    checked = subprocess.run([sys.executable, "main.py", "procedures", "check"], cwd=tmp_path, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_understanding_server_fetches_the_promoted_model_from_the_app_with_the_token_both_know():
    environment = SERVICES["nlu"]["environment"]
    assert set(environment) == {"NLU_TOKEN", "MODEL_URL"}
    assert environment["MODEL_URL"] == f"http://app:{SERVICES['app']['environment']['PORT']}"
    assert environment["NLU_TOKEN"] == SERVICES["app"]["environment"]["NLU_TOKEN"]
    assert "inside" in SERVICES["app"]["networks"] and "/tmp" in SERVICES["nlu"]["tmpfs"]
    assert 'os.environ.get("MODEL_URL"' in (ROOT / "bot/understanding/serve.py").read_text()


def test_learning_starts_only_when_it_is_called_and_keeps_its_candidates():
    learn = SERVICES["learn"]
    assert learn["profiles"] == ["learn"] and learn["volumes"] == [f"learning:{learn['environment']['DATA_DIR']}"]


@pytest.mark.parametrize("image", ["nlu", "learn"])
def test_an_understanding_image_trains_the_model_of_this_tree(tmp_path, image):
    lay(DOCKERFILES[image], tmp_path)
    ask = "import model_files; print(model_files.fingerprint())"
    there, here = (
        subprocess.run([sys.executable, "-c", ask], cwd=root / "bot/understanding", capture_output=True, text=True, check=True).stdout
        for root in (tmp_path, ROOT)
    )
    assert there == here


def test_the_front_hides_the_doors_of_the_inside_and_finds_every_replica():
    caddy = (ROOT / "docker/Caddyfile").read_text()
    assert "@inner path /readyz /metrics /internal/*\n" in caddy
    assert re.search(r"dynamic a \{\s+name app\s+port 8000", caddy)
    assert SERVICES["app"]["environment"]["PORT"] == "8000"
