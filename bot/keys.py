"""Where the master keys are, by the settings: for the bot, and for `autotask-bot keys`."""

import logging
from typing import TypeVar

from bot.domain.errors import ConfigurationError
from bot.proxy import way_by
from bot.settings import Settings
from bot.vault.keyfile import load_keyring
from bot.vault.sources import KeySource, KeySources

log = logging.getLogger(__name__)
T = TypeVar("T")

EXTRAS = {"aws-kms": "aws", "azure": "azure", "transit": "vault"}
"""Which extra of the package has the library for each kind of source."""


def key_sources(settings: Settings) -> KeySources:
    """Those that KEY_SOURCE names, in its order. Asks nobody yet.

    Raises ConfigurationError where a key, a setting or a library is missing.
    """
    return KeySources(*(_source(each, settings) for each in settings.key_source))


def _source(text: str, settings: Settings) -> KeySource:
    kind, _, name = text.partition(":")
    if kind == "file":
        return _from_file(settings)
    try:
        return _elsewhere(kind, name, settings)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"KEY_SOURCE names {kind}, whose library is not installed: {error.name}.",
            hint=f"Type: make {EXTRAS[kind]}, or: pip install 'autotask-bot[{EXTRAS[kind]}]'",
        ) from None


def _from_file(settings: Settings) -> KeySource:
    if settings.autotask_bot_key:
        log.warning("key_in_environment", extra={"hint": "AUTOTASK_BOT_KEY_FILE is safer"})
    return load_keyring(settings.autotask_bot_key_file, settings.autotask_bot_key)


def _elsewhere(kind: str, name: str, settings: Settings) -> KeySource:
    """The libraries are heavy, and optional: each is imported where it is configured."""
    from bot.vault.sdk.line import Way

    way = Way(way_by(settings.outbound_proxy), settings.ca_file)
    if kind == "aws-kms":
        from bot.vault.kms.aws import AwsKey

        return AwsKey(name, region=_set(settings.aws_region, "AWS_REGION"), way=way)
    if kind == "azure":
        from bot.vault.kms.azure import AzureKey

        url = _set(settings.azure_key_vault_url, "AZURE_KEY_VAULT_URL")
        return AzureKey(name, url=url, way=way)
    from bot.vault.kms.transit import TransitKey

    address = _set(settings.vault_addr, "VAULT_ADDR")
    token_file = _set(settings.vault_token_file, "VAULT_TOKEN_FILE")
    return TransitKey(name, address=address, token_file=token_file, way=way)


def _set(value: T | None, name: str) -> T:
    if value is None:
        raise ConfigurationError(
            f"{name} is not set.", hint="KEY_SOURCE names a place that needs it."
        )
    return value
