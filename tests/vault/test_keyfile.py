"""The master key's file: what is read, what is refused, and with which next step."""

import os
from base64 import b64encode
from pathlib import Path

import pytest

from bot.domain.errors import ConfigurationError
from bot.domain.secret import Secret
from bot.vault.keyfile import load_keyring, new_key_file, put_on_top
from tests.vault.cast import master

OLD, NEW = (b64encode(bytes([number]) * 32).decode() for number in (1, 2))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.key"


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_a_new_key_file_is_its_owners_alone_and_loads(path: Path) -> None:
    key_id = new_key_file(path)

    ring = load_keyring(path, None)

    assert path.stat().st_mode & 0o777 == 0o600
    assert ring.named == key_id
    assert len(key_id) == 8


def test_a_key_file_is_never_overwritten(path: Path) -> None:
    new_key_file(path)
    before = path.read_bytes()

    with pytest.raises(ConfigurationError, match="left alone") as refused:
        new_key_file(path)

    assert path.read_bytes() == before
    assert str(path) in refused.value.message
    assert "autotask-bot keys new" in refused.value.hint


def test_a_key_is_on_the_disk_before_anybody_relies_on_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a new one takes its place in the file at once: a crash leaves the one or the other."""
    synced = []

    def sync(file: int) -> None:
        synced.append((os.fstat(file).st_size, sorted(each.name for each in path.parent.iterdir())))

    monkeypatch.setattr(os, "fsync", sync)
    new_key_file(path)
    size = path.stat().st_size
    key_id = put_on_top(path)

    assert synced == [
        (size, ["bot.key"]),
        (path.stat().st_size, [f".bot.key.{key_id}", "bot.key"]),
    ]


def test_a_key_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be written"):
        new_key_file(tmp_path / "no" / "such" / "directory" / "bot.key")


def test_a_new_key_goes_on_top_and_the_file_stays_what_it_was(path: Path) -> None:
    write(path, f"# mine\n{OLD}\n", 0o640)

    key_id = put_on_top(path)

    ring = load_keyring(path, None)
    assert [each[:8] for each in ring.known] == [key_id, master(1).id[:8]]
    assert path.read_text().endswith(f"\n# mine\n{OLD}\n")
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(path.parent.iterdir()) == [path]


def test_a_new_key_does_not_go_on_top_of_what_is_no_key_file(path: Path) -> None:
    write(path, "made up\n")
    with pytest.raises(ConfigurationError, match="line 1"):
        put_on_top(path)

    assert path.read_text() == "made up\n"
    with pytest.raises(ConfigurationError, match="cannot be read"):
        put_on_top(path.with_name("missing.key"))


def test_where_the_file_cannot_be_replaced_nothing_is_left_behind(tmp_path: Path) -> None:
    """A name that has room for itself alone."""
    path = write(tmp_path / ("k" * 250), OLD)

    with pytest.raises(ConfigurationError, match="cannot be replaced") as refused:
        put_on_top(path)

    assert "--on-top" in refused.value.hint
    assert list(tmp_path.iterdir()) == [path]
    assert load_keyring(path, None).known == (master(1).id,)


def test_where_the_owner_cannot_be_kept_nothing_is_left_behind(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for everybody but root, where the file is somebody else's."""
    write(path, OLD)

    def refuse(*_: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refuse)
    with pytest.raises(ConfigurationError, match="Operation not permitted"):
        put_on_top(path)

    assert list(path.parent.iterdir()) == [path]
    assert path.read_text() == OLD


def test_a_file_that_is_no_text_is_refused_like_any_other(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\n")
    path.chmod(0o600)

    with pytest.raises(ConfigurationError, match="line 1"):
        load_keyring(path, None)


def test_two_keys_are_loaded_newest_first(path: Path) -> None:
    write(path, f"# the new one\n{NEW}\n\n  # the old one\n{OLD}\n")

    ring = load_keyring(path, None)

    assert ring.known == (master(2).id, master(1).id)
    assert not ring.holds(master(3).id)


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o644])
def test_a_key_file_open_to_others_is_refused(path: Path, mode: int) -> None:
    write(path, NEW, mode)

    with pytest.raises(ConfigurationError, match="everybody") as refused:
        load_keyring(path, None)

    assert refused.value.hint == f"Type: chmod o= {path}"


@pytest.mark.parametrize("mode", [0o400, 0o640, 0o660, 0o711])
def test_a_key_file_that_its_group_may_read_is_accepted(path: Path, mode: int) -> None:
    write(path, NEW, mode)

    assert load_keyring(path, None).known == (master(2).id,)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "holds no key"),
        ("# nothing but this\n", "holds no key"),
        (f"{NEW}\nnot base64, made up\n", "line 2"),
        (b64encode(b"made up, too short").decode(), "line 1"),
        (NEW + NEW, "line 1"),
        ("mädeup", "line 1"),
    ],
)
def test_a_file_without_a_proper_key_is_refused_unquoted(
    path: Path, text: str, problem: str
) -> None:
    write(path, text)

    with pytest.raises(ConfigurationError, match=problem) as refused:
        load_keyring(path, None)

    assert str(path) in refused.value.message
    assert refused.value.hint == (
        "Restore it from its backup, or move it away and start anew with: "
        f"autotask-bot keys new --file {path}"
    )
    assert "made up" not in refused.value.sentence()


def test_a_missing_file_is_named_with_the_command_that_makes_it(path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file") as refused:
        load_keyring(path, None)

    assert str(path) in refused.value.message
    assert f"autotask-bot keys new --file {path}" in refused.value.hint


def test_the_variable_holds_a_key_as_well_and_the_file_goes_before_it(path: Path) -> None:
    write(path, NEW)

    assert load_keyring(None, Secret(OLD)).known == (master(1).id,)
    assert load_keyring(path, Secret(OLD)).known == (master(2).id,)
    with pytest.raises(ConfigurationError, match="AUTOTASK_BOT_KEY, line 1") as refused:
        load_keyring(None, Secret("made up"))
    assert refused.value.hint.endswith("autotask-bot keys new --file autotask-bot.key")


def test_no_key_at_all_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no master key") as refused:
        load_keyring(None, None)

    assert "autotask-bot keys new --file autotask-bot.key, and" in refused.value.hint
