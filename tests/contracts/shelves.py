"""One entry each in the vaults that references lead to, as the contract meets them."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import boto3
from azure.core.pipeline.transport import RequestsTransport
from azure.keyvault.secrets import SecretClient
from botocore.stub import Stubber

from bot.domain.reference import Place
from bot.vault.entries.aws import AwsSecrets
from bot.vault.entries.azure import AzureSecrets
from bot.vault.entries.hashicorp import VaultSecrets
from bot.vault.references import EntryStore
from bot.vault.sdk.line import Way
from tests.contracts.bao import Bao
from tests.contracts.detour import detour
from tests.contracts.key_vault import HOST, Identity, KeyVault
from tests.contracts.places import REGION, VAULT
from tests.contracts.tls import Tls
from tests.vault.entries import PREFIX, Shelf

SECRETS = f"secretsmanager.{REGION}.amazonaws.com"
POLICY = f'path "secret/data/{PREFIX}/*" {{ capabilities = ["read"] }}'
"""The one that the README gives."""


@asynccontextmanager
async def openbao(bao: Bao, directory: Path) -> AsyncIterator[Shelf]:
    """The real server, asked with no more rights than the README says."""
    kv, path = bao.client().secrets.kv.v2, f"{PREFIX}/T1/lake{os.urandom(4).hex()}"
    allowed = bao.token_for(directory / "allowed", POLICY)
    other = bao.token_for(directory / "other", POLICY.replace(PREFIX, "other"))
    at = partial(VaultSecrets, token_file=allowed, mount="secret", way=Way())

    async def put(values: Mapping[str, str]) -> None:
        kv.create_or_update_secret(path, secret=dict(values), mount_point="secret")

    async def delete() -> None:
        kv.delete_latest_version_of_secret(path, mount_point="secret")

    @asynccontextmanager
    async def forbid() -> AsyncIterator[EntryStore]:
        yield at(address=bao.address, token_file=other)

    yield Shelf(
        Place.VAULT,
        at(address=bao.address),
        f"secret/{path}",
        put,
        delete,
        forbid,
        before=lambda: "#1",
        missing="#9",
        at=lambda address, within: at(address=address, within=within),
    )


@asynccontextmanager
async def moto(endpoint: str, tls: Tls) -> AsyncIterator[Shelf]:
    """A public imitation of AWS, reached at Amazon's own address by Amazon's unmodified client."""
    client = boto3.client("secretsmanager", region_name=REGION, endpoint_url=endpoint)
    name = f"{PREFIX}/T1/lake{os.urandom(4).hex()}"

    async def put(values: Mapping[str, str]) -> None:
        text = json.dumps(values)
        try:
            client.create_secret(Name=name, SecretString=text)
        except client.exceptions.ResourceExistsException:
            client.put_secret_value(SecretId=name, SecretString=text)

    async def delete() -> None:
        client.delete_secret(SecretId=name)

    async with detour(endpoint, tls.context(SECRETS), host=SECRETS) as proxy:

        def at(proxy: str, within: float) -> AwsSecrets:
            return AwsSecrets(region=REGION, way=Way(proxy, tls.authority), within=within)

        @asynccontextmanager
        async def forbid() -> AsyncIterator[EntryStore]:
            store = at(proxy, 8)
            with Stubber(store._client) as stub:  # moto forbids nothing
                stub.add_client_error("get_secret_value", "AccessDeniedException", "made up")
                yield store

        yield Shelf(
            Place.AWS,
            at(proxy, 8),
            name,
            put,
            delete,
            forbid,
            before=lambda: "#AWSPREVIOUS",
            missing="#MADEUP",
            at=at,
        )


@asynccontextmanager
async def own_key_vault(vault: KeyVault, endpoint: str, tls: Tls) -> AsyncIterator[Shelf]:
    """Our own fake of Azure Key Vault, written to and read by Microsoft's unmodified client."""
    name = f"{PREFIX}-T1-lake"
    async with detour(endpoint, tls.context(HOST), host=HOST) as proxy:

        def at(proxy: str, within: float) -> AzureSecrets:
            way = Way(proxy, tls.authority)
            return AzureSecrets(url=VAULT, way=way, credential=Identity(), within=within)

        writer = SecretClient(
            VAULT,
            Identity(),
            transport=RequestsTransport(connection_verify=str(tls.authority)),
            proxies={"https": proxy},
        )

        async def put(values: Mapping[str, str]) -> None:
            await asyncio.to_thread(writer.set_secret, name, json.dumps(values))

        async def delete() -> None:
            await asyncio.to_thread(lambda: writer.begin_delete_secret(name).wait())

        @asynccontextmanager
        async def forbid() -> AsyncIterator[EntryStore]:
            token, vault.token = vault.token, "that of somebody else"
            yield at(proxy, 8)
            vault.token = token

        yield Shelf(
            Place.AZURE,
            at(proxy, 8),
            name,
            put,
            delete,
            forbid,
            before=lambda: f"/{vault.secrets[name][-2][0]}",
            missing=f"/{'0' * 32}",
            at=at,
        )
