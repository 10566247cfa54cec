"""What is delivered: the locked dependencies and the image."""

import re
from pathlib import Path

import pytest


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_dependency_is_locked_by_hashes_and_from_nowhere_in_particular(lock: str) -> None:
    text = Path(lock).read_text()
    locked = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n", "", text).strip())

    assert len(locked) > 20
    assert [each for each in locked if not re.match(r"[\w.-]+==\S+", each)] == []
    assert [each for each in locked if "--hash=sha256:" not in each] == []
    assert "://" not in text


def test_the_image_runs_as_nobody_special_and_holds_no_key() -> None:
    *_, image = Path("Dockerfile").read_text().split("\nFROM ")
    orders = dict(re.findall(r"(?m)^([A-Z]+) (.+)$", image))

    assert orders["USER"] == "10001:10001"
    assert orders["VOLUME"] == "/data"
    assert orders["ENTRYPOINT"] == '["autotask-bot"]'
    assert '["autotask-bot", "health"]' in orders["HEALTHCHECK"]
    assert orders["COPY"] == "--from=build /opt/bot /opt/bot"  # and nothing else
    assert not re.search(r"KEY|TOKEN|SECRET|\.env\b", image)
    installing = re.findall(r"pip install.*", Path("Dockerfile").read_text())
    assert not [each for each in installing if not re.search("--require-hashes|--no-deps", each)]
