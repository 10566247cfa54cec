"""The key file: one base64 key of 32 bytes a line, newest first; `#` begins a comment line."""

import os
import shlex
from base64 import b64decode, b64encode
from pathlib import Path

from bot.domain.errors import ConfigurationError
from bot.domain.secret import Secret
from bot.vault.ring import KeyRing
from bot.vault.seal import KEY_BYTES, Entropy, Key

_FOR_OTHERS = 0o006
_VARIABLE = "AUTOTASK_BOT_KEY"


def load_keyring(path: Path | None, value: Secret | None) -> KeyRing:
    """The master keys in the file, or, where no file is named, in `value` (same format).

    Raises ConfigurationError, with the file's name and the next command, where a key is missing
    or malformed, or where others than owner and group may read or write the file.
    """
    if path is not None:
        return _parse(_read(path), str(path), f"autotask-bot keys new --file {_quoted(path)}")
    if value is not None:
        return _parse(value.reveal(), _VARIABLE, "autotask-bot keys new --file autotask-bot.key")
    raise ConfigurationError(
        "There is no master key: AUTOTASK_BOT_KEY_FILE is not set.",
        hint="Type: autotask-bot keys new --file autotask-bot.key, and set it to that path.",
    )


def new_key_file(path: Path, *, entropy: Entropy = os.urandom) -> str:
    """Write a new key to a new file of mode 0600; returns the id's first eight digits.

    Raises ConfigurationError where there is such a file already, or none can be written.
    """
    material = entropy(KEY_BYTES)
    key_id = Key.of(material).id[:8]
    try:
        with open(path, "xb", opener=_private) as file:
            file.write(b"# key %s\n%s\n" % (key_id.encode(), b64encode(material)))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise ConfigurationError(
            f"{path} is there already and is left alone.",
            hint="For another file type: autotask-bot keys new --file PATH",
        ) from None
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written: {error.strerror}.",
            hint="Choose another place: autotask-bot keys new --file PATH",
        ) from None
    return key_id


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
            hint=f"Put it back, or type: autotask-bot keys new --file {_quoted(path)}",
        ) from None
    if open_to_others:
        raise ConfigurationError(
            f"The key file {path} is open to everybody on this machine.",
            hint=f"Type: chmod o= {_quoted(path)}",
        )
    return text.decode(errors="replace")


def _parse(text: str, source: str, new_key: str) -> KeyRing:
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
    return KeyRing(keys)


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
