"""The vaults that references may lead to, by the settings."""

from bot.domain.errors import ConfigurationError
from bot.domain.reference import TITLES, Bounds, Place
from bot.proxy import way_by
from bot.settings import Settings
from bot.vault.references import EntryStore, References

_EXTRA = {Place.AWS: "aws", Place.AZURE: "azure", Place.VAULT: "vault"}


def references(settings: Settings) -> References:
    """With REFERENCE_PREFIX, those whose place is set. Asks nobody yet.

    Raises ConfigurationError where a library is missing, or the prefix is set for no place.
    """
    places = _places(settings)
    if settings.reference_prefix and not places:
        raise ConfigurationError(
            "REFERENCE_PREFIX is set, and no vault to refer to.",
            hint="Set AWS_REGION, AZURE_KEY_VAULT_URL, or VAULT_ADDR and VAULT_TOKEN_FILE too.",
        )
    bounds = Bounds(
        places=frozenset(places),
        prefix=settings.reference_prefix or "",
        region=settings.aws_region,
        mount=settings.vault_kv_mount,
    )
    stores = {place: _store(place, settings) for place in places}
    return References(bounds, stores, extra_hosts=settings.autotask_extra_hosts)


def _places(settings: Settings) -> list[Place]:
    if not settings.reference_prefix:
        return []
    is_set = {
        Place.AWS: settings.aws_region,
        Place.AZURE: settings.azure_key_vault_url,
        Place.VAULT: settings.vault_addr and settings.vault_token_file,
    }
    return [place for place in Place if is_set[place]]


def _store(place: Place, settings: Settings) -> EntryStore:
    try:
        return _open(place, settings)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"The library for references to {TITLES[place]} is not installed: {error.name}.",
            hint=f"Type: make {_EXTRA[place]}, or: pip install 'autotask-bot[{_EXTRA[place]}]'",
        ) from None


def _open(place: Place, settings: Settings) -> EntryStore:
    """The libraries are heavy, and optional: each is imported where it is configured."""
    from bot.vault.sdk.line import Way

    way = Way(way_by(settings.outbound_proxy), settings.ca_file)
    if place is Place.AWS:
        from bot.vault.entries.aws import AwsSecrets

        return AwsSecrets(region=str(settings.aws_region), way=way)
    if place is Place.AZURE:
        from bot.vault.entries.azure import AzureSecrets

        return AzureSecrets(url=str(settings.azure_key_vault_url), way=way)
    from bot.vault.entries.hashicorp import VaultSecrets

    assert settings.vault_addr and settings.vault_token_file  # noqa: S101 - it is set up
    return VaultSecrets(
        address=settings.vault_addr,
        token_file=settings.vault_token_file,
        mount=settings.vault_kv_mount,
        way=way,
    )
