"""The key file: one base64 key of 32 bytes a line, newest first; `#` begins a comment line."""

import os
import shlex
from base64 import b64decode, b64encode
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from bot.domain.errors import ConfigurationError
from bot.domain.secret import Secret
from bot.vault.ring import KeyRing
from bot.vault.seal import KEY_BYTES, Entropy, Key

_FOR_OTHERS = 0o006
_VARIABLE = "AUTOTASK_BOT_KEY"
_NEW = "autotask-bot keys new --file"


def load_keyring(path: Path | None, value: Secret | None) -> KeyRing:
    """The master keys in the file, or, where no file is named, in `value` (same format).

    Raises ConfigurationError, with the file's name and the next command, where a key is missing
    or malformed, or where others than owner and group may read or write the file.
    """
    if path is not None:
        again = partial(_keys_in, path)
        return KeyRing(again(), again=again)
    if value is not None:
        return KeyRing(_parse(value.reveal(), _VARIABLE, f"{_NEW} autotask-bot.key"))
    raise ConfigurationError(
        "There is no master key: AUTOTASK_BOT_KEY_FILE is not set.",
        hint=f"Type: {_NEW} autotask-bot.key, and set it to that path.",
    )


def new_key_file(path: Path, *, entropy: Entropy = os.urandom) -> str:
    """Write a new key to a new file of mode 0600; returns the id's first eight digits.

    Raises ConfigurationError where there is such a file already, or none can be written.
    """
    key_id, lines = _new_lines(entropy)
    try:
        with open(path, "xb", opener=_private) as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise ConfigurationError(
            f"{path} is there already and is left alone.",
            hint=f"For another file type: {_NEW} PATH; for a new key on top of it: {_NEW} "
            f"{_quoted(path)} --on-top",
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written: {error.strerror}.",
            hint=f"Choose another place: {_NEW} PATH",
        ) from None
    return key_id


def put_on_top(path: Path, *, entropy: Entropy = os.urandom) -> str:
    """Put a new key before those in the file, which is replaced as a whole, mode and group kept;
    returns the id's first eight digits.

    Raises ConfigurationError where there is no proper key file, or it cannot be replaced.
    """
    _keys_in(path)
    key_id, lines = _new_lines(entropy)
    fresh = path.with_name(f".{path.name}.{key_id}")
    try:
        now = path.stat()
        with open(fresh, "xb", opener=_private) as file:
            file.write(lines + path.read_bytes())
            os.fchown(file.fileno(), now.st_uid, now.st_gid)
            os.fchmod(file.fileno(), now.st_mode & 0o777)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be replaced: {error.strerror}.",
            hint=f"Copy it to where you may write, type: {_NEW} COPY --on-top, and put it back.",
        ) from None
    finally:
        with suppress(OSError):
            fresh.unlink()
    return key_id


def _new_lines(entropy: Entropy) -> tuple[str, bytes]:
    material = entropy(KEY_BYTES)
    key_id = Key.of(material).id[:8]
    return key_id, b"# key %s\n%s\n" % (key_id.encode(), b64encode(material))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            open_to_others = os.fstat(file.fileno()).st_mode & _FOR_OTHERS
            text = file.read()
    except OSError as error:
        raise ConfigurationError(
            f"The key file {path} cannot be read: {error.strerror}.",
            hint=f"Put it back, or type: {_NEW} {_quoted(path)}",
        ) from None
    if open_to_others:
        raise ConfigurationError(
            f"The key file {path} is open to everybody on this machine.",
            hint=f"Type: chmod o= {_quoted(path)}",
        )
    return text.decode(errors="replace")


def _keys_in(path: Path) -> Sequence[Key]:
    return _parse(_read(path), str(path), f"{_NEW} {_quoted(path)}")


def _parse(text: str, source: str, new_key: str) -> Sequence[Key]:
    lines = enumerate(map(str.strip, text.splitlines()), start=1)
    told = [(number, line) for number, line in lines if line and not line.startswith("#")]
    hint = f"Restore it from its backup, or move it away and start anew with: {new_key}"
    if not told:
        raise ConfigurationError(f"{source} holds no key.", hint=hint)
    keys = []
    for number, line in told:
        try:
            keys.append(Key.of(b64decode(line, validate=True)))
        except ValueError:
            raise ConfigurationError(
                f"{source}, line {number}: not a base64 key of 32 bytes.", hint=hint
            ) from None
    return keys


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
