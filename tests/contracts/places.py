"""The places that hold master keys, as the contract of key sources meets them: the source itself, a
new key in it, and the source where nobody is there, or nobody answers."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import boto3

from bot.vault.keyfile import load_keyring, new_key_file, put_on_top
from bot.vault.kms.aws import AwsKey
from bot.vault.kms.azure import AzureKey
from bot.vault.kms.transit import TransitKey
from bot.vault.sdk.line import Way
from bot.vault.sources import KeySource
from tests.autotask.far_side import listening
from tests.contracts.bao import Bao
from tests.contracts.detour import detour
from tests.contracts.key_vault import HOST, Identity, KeyVault, Version
from tests.contracts.tls import Tls

REGION = "eu-central-1"
KMS = f"kms.{REGION}.amazonaws.com"
VAULT = f"https://{HOST}"
NOBODY = "http://127.0.0.1:9"
"""A port at which nobody listens."""


@dataclass(frozen=True)
class Place:
    """`at` opens the source by another address, or proxy, within so many seconds."""

    source: KeySource
    another: Callable[[], Awaitable[KeySource]]
    """A source of the same kind over another key."""
    newer: Callable[[], Awaitable[None]] | None
    """Puts a newer version of the key in place, where there is such a thing."""
    at: Callable[[str, float], KeySource] | None
    """None for a place that is neither away nor slow."""
    address: str = ""
    """Where, or behind which proxy, it is."""


@asynccontextmanager
async def key_file(directory: Path) -> AsyncIterator[Place]:
    path, other = directory / "bot.key", directory / "other.key"
    new_key_file(path)
    new_key_file(other)

    async def another() -> KeySource:
        return load_keyring(other, None)

    async def newer() -> None:
        put_on_top(path)

    yield Place(load_keyring(path, None), another, newer, None)


@asynccontextmanager
async def openbao(bao: Bao) -> AsyncIterator[Place]:
    """The real server."""
    transit = partial(TransitKey, token_file=bao.token_file, way=Way())
    name = f"bot-{os.urandom(4).hex()}"

    def at(address: str, within: float, key: str = name) -> KeySource:
        return transit(f"transit/{key}", address=address, within=within)

    async def another() -> KeySource:
        bao.new_key(f"{name}-other")
        return at(bao.address, 8, f"{name}-other")

    async def newer() -> None:
        bao.client().secrets.transit.rotate_key(name)

    bao.new_key(name)
    yield Place(at(bao.address, 8), another, newer, at, bao.address)


@asynccontextmanager
async def moto(endpoint: str, tls: Tls) -> AsyncIterator[Place]:
    """A public imitation of AWS, reached at Amazon's own address by Amazon's unmodified client."""
    client = boto3.client("kms", region_name=REGION, endpoint_url=endpoint)

    def key() -> str:
        made: str = client.create_key()["KeyMetadata"]["Arn"]
        return made

    async with detour(endpoint, tls.context(KMS), host=KMS) as proxy:

        def at(proxy: str, within: float, key: str = key()) -> KeySource:
            return AwsKey(key, region=REGION, way=Way(proxy, tls.authority), within=within)

        async def another() -> KeySource:
            return at(proxy, 8, key())

        yield Place(at(proxy, 8), another, None, at, proxy)


@asynccontextmanager
async def own_key_vault(vault: KeyVault, endpoint: str, tls: Tls) -> AsyncIterator[Place]:
    """Our own fake of Azure Key Vault, reached at its address by Microsoft's unmodified client."""
    vault.keys["bot"] = [Version()]

    def at(proxy: str, within: float, name: str = "bot") -> KeySource:
        way = Way(proxy, tls.authority)
        return AzureKey(name, url=VAULT, way=way, credential=Identity(), within=within)

    async def newer() -> None:
        vault.keys["bot"].append(Version())

    async with detour(endpoint, tls.context(HOST), host=HOST) as proxy:

        async def another() -> KeySource:
            vault.keys["other"] = [Version()]
            return at(proxy, 8, "other")

        yield Place(at(proxy, 8), another, newer, at, proxy)


@asynccontextmanager
async def nobody_answers() -> AsyncIterator[str]:
    """An address that takes requests, and keeps them."""

    async def wait(*_: Any) -> None:
        await asyncio.Event().wait()

    async with listening(wait) as address:
        yield address
