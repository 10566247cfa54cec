"""One contract for every vault that references lead to.

OpenBao is the real server. moto is a public imitation of AWS, and where it is lax, botocore's own
stub answers instead. Azure Key Vault is a fake of our own. In front of each is the vendor's
unmodified client.
"""

import json
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from aiohttp.test_utils import TestServer, unused_port
from botocore.stub import Stubber
from click.testing import CliRunner

from bot.__main__ import main
from bot.domain.errors import (
    EntryForbidden,
    EntryMalformed,
    EntryNotFound,
    EntryUnavailable,
    UnknownKey,
    Unread,
)
from bot.domain.reference import Place, Reference
from bot.references import references
from bot.settings import Settings
from bot.vault.entries.aws import AwsSecrets
from bot.vault.entries.azure import AzureSecrets
from bot.vault.entries.hashicorp import VaultSecrets
from bot.vault.sdk.line import Way
from tests.autotask.far_side import far_side, http, js
from tests.contracts import places, shelves
from tests.contracts.bao import Bao, running
from tests.contracts.detour import detour
from tests.contracts.key_vault import HOST, KeyVault
from tests.contracts.places import NOBODY, REGION, VAULT
from tests.contracts.tenant import Tenant
from tests.contracts.tls import Tls
from tests.vault.entries import PREFIX, VALUES, EntryContract, Shelf

ENTRY = Reference(Place.VAULT, f"secret/{PREFIX}/T1/x")


@pytest.fixture
async def silence() -> AsyncIterator[str]:
    async with places.nobody_answers() as address:
        yield address


@pytest.fixture
async def azure(tls: Tls, key_vault: KeyVault) -> AsyncIterator[Shelf]:
    async with (
        TestServer(key_vault.app()) as server,
        shelves.own_key_vault(key_vault, f"http://127.0.0.1:{server.port}", tls) as shelf,
    ):
        yield shelf


@pytest.fixture
async def aws(moto: str, tls: Tls) -> AsyncIterator[Shelf]:
    async with shelves.moto(moto, tls) as shelf:
        yield shelf


@pytest.fixture
async def openbao(bao: Bao, tmp_path: Path) -> AsyncIterator[Shelf]:
    async with shelves.openbao(bao, tmp_path) as shelf:
        yield shelf


class TestOpenBao(EntryContract):
    @pytest.fixture
    def shelf(self, openbao: Shelf) -> Shelf:
        return openbao


class TestMoto(EntryContract):
    @pytest.fixture
    def shelf(self, aws: Shelf) -> Shelf:
        return aws


class TestOwnKeyVault(EntryContract):
    @pytest.fixture
    def shelf(self, azure: Shelf) -> Shelf:
        return azure


async def test_an_arn_leads_to_the_secret_of_its_name_in_the_own_account_alone(
    aws: Shelf, moto: str
) -> None:
    await aws.put(VALUES)
    client = boto3.client("secretsmanager", region_name=REGION, endpoint_url=moto)
    arn = client.describe_secret(SecretId=aws.name)["ARN"]
    other = arn.replace(arn.split(":")[4], "999999999999")

    assert json.loads(await aws.store.read(Reference(Place.AWS, aws.name, arn=arn))) == VALUES
    with pytest.raises(EntryForbidden, match="the bot's own account"):
        await aws.store.read(Reference(Place.AWS, aws.name, arn=other))


async def test_a_secret_that_is_no_text_is_malformed(aws: Shelf, moto: str) -> None:
    client = boto3.client("secretsmanager", region_name=REGION, endpoint_url=moto)
    client.create_secret(Name=aws.name, SecretBinary=b"made up")

    await aws.refusal(EntryMalformed)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("ResourceNotFoundException", EntryNotFound),
        ("InvalidRequestException", EntryNotFound),
        ("AccessDeniedException", EntryForbidden),
        ("DecryptionFailure", EntryForbidden),
        ("ThrottlingException", EntryUnavailable),
        ("InternalServiceError", EntryUnavailable),
        ("UnrecognizedClientException", EntryUnavailable),
        ("ExpiredTokenException", EntryUnavailable),
    ],
)
async def test_what_aws_says_is_understood(code: str, meaning: type[Unread]) -> None:
    store = AwsSecrets(region=REGION, way=Way())
    asked = {"SecretId": "autotask-bot/T1/x"}
    with Stubber(store._client) as stub:
        stub.add_client_error("get_secret_value", code, "a canary", expected_params=asked)
        with pytest.raises(meaning) as refused:
            await store.read(Reference(Place.AWS, "autotask-bot/T1/x"))

    assert type(refused.value) is meaning
    assert "canary" not in refused.value.sentence()


async def test_aws_is_not_asked_as_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))

    with pytest.raises(EntryUnavailable, match="NoCredentialsError"):
        await AwsSecrets(region=REGION, way=Way()).read(Reference(Place.AWS, "autotask-bot/T1/x"))


@pytest.mark.parametrize(
    ("trouble", "meaning"),
    [
        (403, EntryForbidden),
        (401, EntryUnavailable),
        (429, EntryUnavailable),
        (500, EntryUnavailable),
    ],
)
async def test_what_key_vault_says_is_understood(
    azure: Shelf, key_vault: KeyVault, trouble: int, meaning: type[Unread]
) -> None:
    await azure.put(VALUES)
    key_vault.trouble = trouble

    await azure.refusal(meaning)


async def test_a_version_that_is_disabled_is_forbidden(azure: Shelf, key_vault: KeyVault) -> None:
    await azure.put(VALUES)
    key_vault.disabled.add(key_vault.secrets[azure.name][-1][0])

    await azure.refusal(EntryForbidden)


@pytest.mark.usefixtures("nobody_at_azure")
async def test_azure_is_not_asked_as_nobody(tls: Tls, key_vault: KeyVault) -> None:
    async with (
        TestServer(key_vault.app()) as server,
        detour(f"http://127.0.0.1:{server.port}", tls.context(HOST), host=HOST) as proxy,
    ):
        store = AzureSecrets(url=VAULT, way=Way(proxy, tls.authority))
        with pytest.raises(EntryUnavailable, match="401"):
            await store.read(Reference(Place.AZURE, "autotask-bot-T1-x"))


async def test_openbao_that_is_sealed_or_knows_no_token_is_not_understood_as_no_entry(
    tmp_path: Path,
) -> None:
    with running(tmp_path, unused_port()) as bao:
        empty = tmp_path / "empty"
        empty.touch()
        at = partial(VaultSecrets, address=bao.address, mount="secret", way=Way())
        with pytest.raises(UnknownKey, match="holds no token"):
            await at(token_file=empty).read(ENTRY)
        bao.client().sys.seal()
        with pytest.raises(EntryUnavailable, match="VaultDown"):
            await at(token_file=bao.token_file).read(ENTRY)


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (js({"data": {"data": "text"}}), EntryMalformed),
        (js({"data": {}}), EntryUnavailable),
        (js([]), EntryUnavailable),
        (http(200, b"not JSON"), EntryUnavailable),
        (http(307, Location="http://evil.example/"), EntryUnavailable),
        (http(500, b'{"errors": []}'), EntryUnavailable),
    ],
)
async def test_what_does_not_answer_as_vault_does_is_not_believed(
    bao: Bao, answer: bytes, meaning: type[Unread]
) -> None:
    async with far_side(lambda _: answer) as there:
        store = VaultSecrets(
            address=there.address, token_file=bao.token_file, mount="secret", way=Way()
        )
        with pytest.raises(meaning) as refused:
            await store.read(Reference(Place.VAULT, ENTRY.name, "3"))

    assert type(refused.value) is meaning
    [heard] = there.heard
    assert heard.target == f"/v1/secret/data/{PREFIX}/T1/x?version=3"


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"aws_region": REGION}, AwsSecrets),
        ({"azure_key_vault_url": VAULT}, AzureSecrets),
        ({"vault_addr": NOBODY, "vault_token_file": Path("token")}, VaultSecrets),
    ],
)
def test_the_settings_say_where_references_lead(
    given: dict[str, Any], kind: Callable[..., object]
) -> None:
    """Nobody is asked yet; and without REFERENCE_PREFIX nobody ever is."""
    settings = Settings(_env_file=None, reference_prefix=PREFIX, **given)  # type: ignore[call-arg]
    [store] = references(settings)._stores.values()
    without = Settings(_env_file=None, **given)  # type: ignore[call-arg]

    assert type(store) is kind
    assert references(without)._stores == {}


def test_the_readme_gives_the_policy_that_openbao_was_asked_with(
    request: pytest.FixtureRequest,
) -> None:
    root = request.config.rootpath
    readme = next(each for each in (root, *root.parents) if (each / "README.md").exists())

    assert shelves.POLICY in (readme / "README.md").read_text()


def test_an_operator_connects_by_a_reference_to_openbao(
    tenant: Tenant, bao: Bao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    kv, path = bao.client().secrets.kv.v2, f"{PREFIX}/T1/lake"
    env = {
        "AUTOTASK_ZONE_URL": tenant.base_url,
        "AUTOTASK_EXTRA_HOSTS": tenant.extra_hosts,
        "AUTOTASK_BOT_KEY_FILE": "bot.key",
        "REFERENCE_PREFIX": PREFIX,
        "VAULT_ADDR": bao.address,
        "VAULT_TOKEN_FILE": str(bao.token_for(tmp_path / "token", shelves.POLICY)),
    }

    def run(*command: str, stdin: str = "", code: int = 0, **settings: str) -> str:
        done = CliRunner().invoke(main, command, input=stdin, env=env | settings)
        assert done.exit_code == code, done.output
        return " ".join(done.output.split())

    def connect(reference: str, code: int = 0) -> str:
        typed = json.dumps({"secret": reference})
        return run("connect", "--workspace", "T1", stdin=typed, code=code)

    run("keys", "new", AUTOTASK_BOT_KEY_FILE="bot.key")
    assert "no entry of that name" in connect(f"vault:secret/{path}", code=1)
    kv.create_or_update_secret(path, secret=tenant.credentials(), mount_point="secret")
    assert "has to begin with" in connect(f"vault:secret/{PREFIX}/T2/lake", code=1)
    assert "has to set REFERENCE_PREFIX and AWS_REGION" in connect("aws-sm:x", code=1)
    assert "Active: connected" in connect(f"vault:secret/{path}")

    assert f"secret: reference vault:secret/{path}" in run("status")
    run("check")
    doctor = run("doctor", code=78)
    assert "1 of 1 open, 1 of them read by reference" in doctor
    assert "References: Vault answers" in doctor
    away = run("doctor", code=78, VAULT_ADDR=NOBODY)
    assert "Vault is not available" in away
    assert "not checked: the vault is away" not in run("check", code=75, VAULT_ADDR=NOBODY)

    kv.create_or_update_secret(path, secret={"secret": "made-up"}, mount_point="secret")
    assert "the entry that the reference leads to" in run("check", code=1).lower().replace(
        "\n", " "
    )
    assert b"made-up" not in Path("autotask-bot.db").read_bytes()
    assert tenant.credentials()["secret"].encode() not in Path("autotask-bot.db").read_bytes()
