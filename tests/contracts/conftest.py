"""The stage for the libraries: a make-believe Autotask that answers while they block, and the
vaults of Amazon, Microsoft and HashiCorp, or what stands in for them."""

import random
import ssl
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
import trustme
from aiohttp.test_utils import unused_port
from anyio.from_thread import BlockingPortal, start_blocking_portal
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from moto.server import ThreadedMotoServer
from py_autotask.auth import AutotaskAuth

from bot.sandbox.autotask import AutotaskWorld
from tests.contracts.bao import Bao, running
from tests.contracts.detour import AUTOTASK, detour
from tests.contracts.key_vault import KeyVault
from tests.contracts.tenant import Tenant
from tests.contracts.tls import Tls

AWS = {
    "AWS_ACCESS_KEY_ID": "made-up",
    "AWS_SECRET_ACCESS_KEY": "made-up",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def pytest_configure() -> None:
    """The least of a Django project that django-autotask runs in."""
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DJAUTOTASK_CONF_CALLABLE=lambda: {"batch_size": 3},
        INSTALLED_APPS=["django.contrib.contenttypes", "djautotask"],
        MIGRATION_MODULES={"djautotask": None},
        USE_TZ=True,
    )
    django.setup()


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def portal() -> Iterator[BlockingPortal]:
    """An event loop in a thread of its own."""
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture
def tenant(portal: BlockingPortal) -> Iterator[Tenant]:
    world = AutotaskWorld(rng=random.Random(7))  # noqa: S311 - dice, not keys
    portal.call(world.start, 0)
    yield Tenant(**world.announcement())
    portal.call(world.stop)


@pytest.fixture
def only_address(
    tenant: Tenant, portal: BlockingPortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Requests for https://webservices.autotask.net reach the world, by what `requests` reads from
    the environment: a proxy, and the authority that certified the host behind it.
    """
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(AUTOTASK).configure_cert(tls)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "authority.pem"))
    AutotaskAuth.clear_zone_cache()
    with portal.wrap_async_context_manager(detour(tenant.base_url, tls)) as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        yield


@pytest.fixture
def project(tenant: Tenant) -> Iterator[None]:
    """The Django project, set to the world."""
    cache.clear()
    with override_settings(**tenant.django_settings()):
        yield


@pytest.fixture
def database(tmp_path: Path) -> Iterator[None]:
    """The Django project's, with empty tables."""
    connection.settings_dict["NAME"] = str(tmp_path / "django.db")
    call_command("migrate", run_syncdb=True, verbosity=0)
    yield
    connection.close()


@pytest.fixture(scope="session")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bao]:
    with running(tmp_path_factory.mktemp("bao"), unused_port()) as bao:
        yield bao


@pytest.fixture(scope="session")
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


@pytest.fixture
def nobody_at_azure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Microsoft's client finds nobody to ask as, and does not look on the network."""
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "environmentcredential")
    for name in ("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_USERNAME"):
        monkeypatch.delenv(name, raising=False)
