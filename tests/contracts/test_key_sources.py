"""One contract for every place that holds master keys.

The key file is our own. OpenBao is the real server. moto is a public imitation of AWS, and where it
is lax, botocore's own stub answers instead. Azure Key Vault is a fake of our own. In front of each
is the vendor's unmodified client.
"""

import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import BaseTestServer, TestServer, unused_port
from botocore.stub import Stubber
from click.testing import CliRunner
from moto.server import ThreadedMotoServer

from bot.__main__ import main
from bot.domain.errors import ConfigurationError, KeyUnavailable, SealError, Tampered, UnknownKey
from bot.keys import key_sources
from bot.settings import Settings
from bot.vault.datakeys import DataKeys
from bot.vault.kms.aws import AwsKey
from bot.vault.kms.azure import AzureKey
from bot.vault.kms.transit import TransitKey
from bot.vault.sdk.line import Way
from bot.vault.sources import KeySource, KeySources
from tests.autotask.far_side import far_side, http, js
from tests.contracts import places
from tests.contracts.bao import Bao, running
from tests.contracts.detour import detour
from tests.contracts.key_vault import HOST, TOKEN, KeyVault
from tests.contracts.places import KMS, NOBODY, REGION, VAULT, Place
from tests.contracts.tenant import Tenant
from tests.contracts.tls import Tls
from tests.vault.cast import Rows

MATERIAL = bytes(range(32))
BOUND = {"workspace": "T024BE7LD", "dek": "c77ed3980e32019d08b27f79776c78f0"}
AWS = {
    "AWS_ACCESS_KEY_ID": "made-up",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.fixture(scope="module")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bao]:
    with running(tmp_path_factory.mktemp("bao"), unused_port()) as bao:
        yield bao


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    """The address of moto's server."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    return Tls(tmp_path)


@pytest.fixture
def key_vault() -> KeyVault:
    return KeyVault()


@pytest.fixture(autouse=True)
def as_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Amazon's client wants to know as whom it asks."""
    for name, value in AWS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=["key file", "openbao", "moto", "own key vault"])
async def place(
    request: pytest.FixtureRequest, tmp_path: Path, tls: Tls, key_vault: KeyVault
) -> AsyncIterator[Place]:
    opened: AbstractAsyncContextManager[Place]
    if request.param == "key file":
        opened = places.key_file(tmp_path)
    elif request.param == "openbao":
        opened = places.openbao(request.getfixturevalue("bao"))
    elif request.param == "moto":
        opened = places.moto(request.getfixturevalue("moto"), tls)
    else:
        async with TestServer(key_vault.app()) as server, _vault(key_vault, server, tls) as there:
            yield there
        return
    async with opened as there:
        yield there


def _vault(
    key_vault: KeyVault, server: BaseTestServer, tls: Tls
) -> AbstractAsyncContextManager[Place]:
    return places.own_key_vault(key_vault, f"http://127.0.0.1:{server.port}", tls)


async def refusal(source: KeySource, ref: str, blob: bytes, bound: dict[str, str]) -> SealError:
    """What comes of unwrapping it, which is never a value."""
    with pytest.raises(SealError) as refused:
        await source.unwrap(ref, blob, bound)
    return refused.value


def is_noticed(place: Place, refused: SealError) -> bool:
    """AWS names its key in the blob, and another one's is none of ours."""
    aws = place.source.wrapper == "aws-kms"
    return type(refused) is Tampered or (aws and type(refused) is UnknownKey)


async def test_what_was_wrapped_is_unwrapped(place: Place) -> None:
    ref, blob = await place.source.wrap(MATERIAL, BOUND)
    _, again = await place.source.wrap(MATERIAL, BOUND)

    assert await place.source.unwrap(ref, blob, BOUND) == MATERIAL
    assert ref == await place.source.newest()
    assert place.source.holds(ref)
    assert place.source.known in ((), (ref,))
    assert blob != again
    assert MATERIAL not in blob


async def test_the_installations_own_data_key_has_no_workspace(place: Place) -> None:
    bound = BOUND | {"workspace": ""}
    ref, blob = await place.source.wrap(MATERIAL, bound)

    assert await place.source.unwrap(ref, blob, bound) == MATERIAL
    assert isinstance(await refusal(place.source, ref, blob, BOUND), Tampered)


@pytest.mark.parametrize("name", BOUND)
async def test_it_does_not_open_for_another_workspace_or_as_another_data_key(
    place: Place, name: str
) -> None:
    ref, blob = await place.source.wrap(MATERIAL, BOUND)

    assert type(await refusal(place.source, ref, blob, BOUND | {name: "T2"})) is Tampered


async def test_a_flipped_bit_in_any_byte_is_noticed(place: Place) -> None:
    ref, blob = await place.source.wrap(MATERIAL, BOUND)

    for at in range(len(blob)):
        flipped = blob[:at] + bytes([blob[at] ^ 1 << at % 8]) + blob[at + 1 :]
        refused = await refusal(place.source, ref, flipped, BOUND)
        assert is_noticed(place, refused)


async def test_what_is_cut_off_empty_or_longer_is_noticed(place: Place) -> None:
    ref, blob = await place.source.wrap(MATERIAL, BOUND)

    for wrong in (b"", blob[:1], blob[: len(blob) // 2], blob[:-1], blob + b"\0", blob * 40):
        assert is_noticed(place, await refusal(place.source, ref, wrong, BOUND))


async def test_another_key_of_the_same_place_opens_nothing(place: Place) -> None:
    other = await place.another()
    ref, blob = await place.source.wrap(MATERIAL, BOUND)
    others_ref, _ = await other.wrap(MATERIAL, BOUND)

    assert not other.holds(ref)
    if others_ref != ref and not place.source.holds(others_ref):
        assert isinstance(await refusal(other, others_ref, blob, BOUND), Tampered | UnknownKey)


async def test_a_newer_version_wraps_and_the_older_still_opens(place: Place) -> None:
    if place.newer is None:
        pytest.skip("KMS rotates a key's material unseen: there is no version to name")
    ref, blob = await place.source.wrap(MATERIAL, BOUND)

    await place.newer()
    newer, newer_blob = await place.source.wrap(MATERIAL, BOUND)

    assert newer == await place.source.newest() != ref
    assert place.source.holds(ref)
    assert await place.source.unwrap(ref, blob, BOUND) == MATERIAL
    assert isinstance(await refusal(place.source, newer, blob, BOUND), Tampered | UnknownKey)
    assert await place.source.unwrap(newer, newer_blob, BOUND) == MATERIAL


async def test_a_reference_from_a_row_leads_nowhere_else(place: Place) -> None:
    ref, _ = await place.source.wrap(MATERIAL, BOUND)

    for wrong in ("", ref + "/", ref + "x", f"https://evil.example/{ref}", f"../{ref}", "x/v1"):
        assert not place.source.holds(wrong)


async def test_nothing_is_taken_from_the_environment_unseen(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "VAULT_ADDR", "AWS_ENDPOINT_URL_KMS"):
        monkeypatch.setenv(name, NOBODY)
        monkeypatch.setenv(name.lower(), NOBODY)

    source = place.at(place.address, 8) if place.at else place.source
    ref, blob = await source.wrap(MATERIAL, BOUND)

    assert await source.unwrap(ref, blob, BOUND) == MATERIAL


async def test_where_nobody_is_there_it_is_unavailable(place: Place) -> None:
    if place.at is None:
        pytest.skip("a file is there, or the start is refused")
    ref, blob = await place.source.wrap(MATERIAL, BOUND)

    away = place.at(NOBODY, 8)

    assert type(await refusal(away, ref, blob, BOUND)) is KeyUnavailable
    with pytest.raises(KeyUnavailable, match="not available"):
        await away.wrap(MATERIAL, BOUND)


async def test_where_nobody_answers_it_is_unavailable_in_time(place: Place) -> None:
    if place.at is None:
        pytest.skip("a file does not hang")
    ref, blob = await place.source.wrap(MATERIAL, BOUND)

    async with places.nobody_answers() as address:
        slow = place.at(address, 0.5)
        start = time.monotonic()
        refused = await refusal(slow, ref, blob, BOUND)

    assert type(refused) is KeyUnavailable
    assert "no answer within 0.5 s" in refused.message
    assert time.monotonic() - start < 2


async def test_data_keys_move_here_from_a_file_and_back(place: Place, tmp_path: Path) -> None:
    (tmp_path / "apart").mkdir()
    async with places.key_file(tmp_path / "apart") as file:
        rows = Rows()
        before = await DataKeys(KeySources(file.source), rows).for_sealing("T1")
        for sources in (
            KeySources(place.source, file.source),
            KeySources(file.source, place.source),
        ):
            rows.rows[0] = ("T1", await DataKeys(sources, rows).rewrap(*rows.rows[0]))
            assert rows.rows[0][1].master == await sources.newest()
            assert (await DataKeys(sources, rows).for_opening("T1", before.id)).id == before.id


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("aws-kms:alias/bot", "AWS_REGION"),
        ("azure:bot", "AZURE_KEY_VAULT_URL"),
        ("transit:transit/bot", "VAULT_ADDR"),
    ],
)
def test_a_place_that_the_settings_do_not_name_is_asked_for(name: str, missing: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{missing} is not set"):
        key_sources(Settings(_env_file=None, key_source=(name,)))  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"key_source": ("aws-kms:alias/bot",), "aws_region": REGION}, AwsKey),
        ({"key_source": ("azure:bot",), "azure_key_vault_url": VAULT}, AzureKey),
        (
            {
                "key_source": ("transit:transit/bot",),
                "vault_addr": NOBODY,
                "vault_token_file": Path("token"),
            },
            TransitKey,
        ),
    ],
)
def test_the_settings_name_the_place(settings: dict[str, Any], kind: type[KeySource]) -> None:
    """Nobody is asked yet."""
    [source] = key_sources(Settings(_env_file=None, **settings))._sources  # type: ignore[call-arg]

    assert isinstance(source, kind)
    assert source.named in settings["key_source"]


def test_an_operator_moves_the_master_key_from_a_file_to_openbao(
    tenant: Tenant, bao: Bao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bao.new_key("moved-to")
    name = "transit:transit/moved-to"
    there = {"VAULT_ADDR": bao.address, "VAULT_TOKEN_FILE": str(bao.token_file)}
    file = {"AUTOTASK_BOT_KEY_FILE": "bot.key"}
    autotask = {
        "AUTOTASK_ZONE_URL": tenant.base_url,
        "AUTOTASK_EXTRA_HOSTS": tenant.extra_hosts,
    }

    def run(*command: str, stdin: str = "", **settings: str) -> str:
        done = CliRunner().invoke(main, command, input=stdin, env=autotask | settings)
        assert done.exit_code == 0, done.output
        return done.output

    run("keys", "new", **file)
    run("connect", "--workspace", "T1", stdin=json.dumps(tenant.credentials()), **file)

    told = run("keys", "rotate", "--data-keys", KEY_SOURCE=f"{name},file", **there, **file)
    assert "newest master key: 2." in told
    assert f"{name}/v1" in told
    assert "may go" in told

    Path("bot.key").unlink()
    alone = there | {"KEY_SOURCE": name}
    run("check", "--workspace", "T1", **alone)
    bao.client().secrets.transit.rotate_key("moved-to")
    assert "newest master key: 3." in run("keys", "rotate", **alone)
    assert (
        "Stored credentials: 1 of 1 open" in CliRunner().invoke(main, ["doctor"], env=alone).output
    )
    away = CliRunner().invoke(main, ["doctor"], env=alone | {"VAULT_ADDR": NOBODY})
    assert "Key: Vault is not available" in away.output
    assert away.exit_code == 78


async def test_openbao_refuses_a_wrong_token_a_missing_key_and_a_version_that_is_over(
    bao: Bao, tmp_path: Path
) -> None:
    async with places.openbao(bao) as place:
        ref, blob = await place.source.wrap(MATERIAL, BOUND)
        name = ref.split("/")[1]
        token = tmp_path / "token"
        transit = partial(TransitKey, address=bao.address, way=Way())
        other = transit(f"transit/{name}", token_file=token)
        missing = transit("transit/missing", token_file=bao.token_file)

        assert "holds no token" in (await refusal(other, ref, blob, BOUND)).message
        token.write_text("made-up-and-wrong")
        assert "permission denied" in (await refusal(other, ref, blob, BOUND)).message
        token.write_text(bao.token_file.read_text())
        assert await other.unwrap(ref, blob, BOUND) == MATERIAL
        assert type(await refusal(missing, "transit/missing/v1", blob, BOUND)) is UnknownKey

        bao.client().secrets.transit.rotate_key(name)
        bao.client().secrets.transit.update_key_configuration(name, min_decryption_version=2)
        assert type(await refusal(place.source, ref, blob, BOUND)) is UnknownKey


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (js({"data": {"ciphertext": "plain:v1:AAAA", "plaintext": "no base64"}}), "another form"),
        (js({"data": {}}), "another form"),
        (js([]), "another form"),
        (http(200, b"not JSON"), "another form"),
        (http(307, Location="http://evil.example/"), "another form"),
        (http(500, b'{"errors": []}'), "InternalServerError"),
    ],
)
async def test_what_does_not_answer_as_vault_does_is_not_believed(
    bao: Bao, answer: bytes, why: str
) -> None:
    async with far_side(lambda _: answer) as there:
        source = TransitKey(
            "transit/bot", address=there.address, token_file=bao.token_file, way=Way()
        )
        for asked in (source.wrap(MATERIAL, BOUND), source.unwrap("transit/bot/v1", b"x", BOUND)):
            with pytest.raises(KeyUnavailable, match=why):
                await asked

    paths = [each.target for each in there.heard]
    assert paths == ["/v1/transit/encrypt/bot", "/v1/transit/decrypt/bot"]


async def test_openbao_is_unavailable_while_it_is_sealed(tmp_path: Path) -> None:
    with running(tmp_path, unused_port()) as bao:
        async with places.openbao(bao) as place:
            ref, blob = await place.source.wrap(MATERIAL, BOUND)
            bao.client().sys.seal()

            refused = await refusal(place.source, ref, blob, BOUND)

    assert (type(refused), "VaultDown" in refused.message) == (KeyUnavailable, True)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("NotFoundException", UnknownKey),
        ("InvalidKeyUsageException", UnknownKey),
        ("UnrecognizedClientException", UnknownKey),
        ("InvalidClientTokenId", UnknownKey),
        ("IncompleteSignature", UnknownKey),
        ("DisabledException", UnknownKey),
        ("KMSInvalidStateException", UnknownKey),
        ("AccessDeniedException", UnknownKey),
        ("IncorrectKeyException", UnknownKey),
        ("InvalidCiphertextException", Tampered),
        ("ThrottlingException", KeyUnavailable),
        ("KMSInternalException", KeyUnavailable),
    ],
)
async def test_what_aws_says_is_understood_as_botocores_stub_says_it(
    code: str, meaning: type[SealError]
) -> None:
    """Moto lets disabled keys, and keys that are to be deleted, still decrypt."""
    source = AwsKey("alias/bot", region=REGION, way=Way())
    with Stubber(source._client) as stub:
        stub.add_client_error("decrypt", code, "made up, with a canary")
        refused = await refusal(source, "alias/bot", b"blob", BOUND)

    assert type(refused) is meaning
    assert "canary" not in refused.sentence()
    assert meaning is Tampered or code in refused.message


async def test_aws_is_asked_once_more_and_then_left_alone(tls: Tls) -> None:
    async with (
        far_side(lambda _: http(500)) as there,
        detour(there.address, tls.context(KMS), host=KMS) as proxy,
    ):
        source = AwsKey("alias/bot", region=REGION, way=Way(proxy, tls.authority))
        with pytest.raises(KeyUnavailable):
            await source.wrap(MATERIAL, BOUND)

    assert len(there.heard) == 2


async def test_what_aws_is_asked_stays_as_it_is() -> None:
    """Policies of operators name the context, and a data key opens with the same one alone."""
    source = AwsKey("alias/bot", region=REGION, way=Way())
    context = {"app": "autotask-bot", "purpose": "dek", **BOUND}
    asked = {"KeyId": "alias/bot", "CiphertextBlob": b"blob", "EncryptionContext": context}
    with Stubber(source._client) as stub:
        stub.add_response("decrypt", {"Plaintext": MATERIAL}, asked)

        assert await source.unwrap("alias/bot", b"blob", BOUND) == MATERIAL


async def test_aws_is_not_asked_as_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    source = AwsKey("alias/bot", region=REGION, way=Way())

    with pytest.raises(UnknownKey, match="NoCredentialsError"):
        await source.wrap(MATERIAL, BOUND)


@pytest.mark.parametrize(
    ("trouble", "meaning"), [(429, KeyUnavailable), (500, KeyUnavailable), (403, UnknownKey)]
)
async def test_what_key_vault_says_is_understood(
    tls: Tls, key_vault: KeyVault, trouble: int, meaning: type[SealError]
) -> None:
    async with TestServer(key_vault.app()) as server, _vault(key_vault, server, tls) as place:
        ref, blob = await place.source.wrap(MATERIAL, BOUND)
        key_vault.trouble = trouble
        key_vault.asked.clear()

        refused = await refusal(place.source, ref, blob, BOUND)

    assert len(key_vault.asked) == 2  # for the key, and to unwrap: nothing is tried again
    assert (type(refused), "MadeUpTrouble" in refused.message) == (meaning, True)


async def test_a_key_that_is_disabled_missing_or_not_ours_is_refused_by_key_vault(
    tls: Tls, key_vault: KeyVault
) -> None:
    async with TestServer(key_vault.app()) as server, _vault(key_vault, server, tls) as place:
        ref, blob = await place.source.wrap(MATERIAL, BOUND)
        key_vault.token = "that of somebody else"
        assert type(await refusal(place.source, ref, blob, BOUND)) is UnknownKey
        key_vault.token = TOKEN
        key_vault.keys["bot"][0].enabled = False
        assert type(await refusal(place.source, ref, blob, BOUND)) is UnknownKey
        del key_vault.keys["bot"]
        assert type(await refusal(place.source, ref, blob, BOUND)) is UnknownKey
        with pytest.raises(UnknownKey, match="KeyNotFound"):
            await place.source.newest()


async def test_azure_is_not_asked_as_nobody(
    monkeypatch: pytest.MonkeyPatch, tls: Tls, key_vault: KeyVault
) -> None:
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "environmentcredential")
    for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_USERNAME"):
        monkeypatch.delenv(name, raising=False)
    async with (
        TestServer(key_vault.app()) as server,
        detour(f"http://127.0.0.1:{server.port}", tls.context(HOST), host=HOST) as proxy,
    ):
        source = AzureKey("bot", url=VAULT, way=Way(proxy, tls.authority))
        with pytest.raises(UnknownKey, match="401"):
            await source.newest()
