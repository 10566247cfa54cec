"""Everything the operator can set, from the environment or `.env`; read once, frozen.

Each secret may also be given as `NAME_FILE`, the path of a file that holds it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from yarl import URL

from bot.domain.errors import ConfigurationError
from bot.domain.origin import is_loopback
from bot.domain.policy import Policy
from bot.domain.secret import Secret

SLACK_API = "https://slack.com/api/"
_KEY_SOURCE = re.compile(
    r"file|aws-kms:[A-Za-z0-9:/_-]{1,256}|azure:[A-Za-z0-9-]{1,127}|transit:\w[\w-]*(/\w[\w-]*)+",
    re.ASCII,
)


def _hidden(text: Any) -> Secret:
    if isinstance(text, _Unreadable):
        raise ValueError(f"{text.variable} names {text.path}, which cannot be read")  # noqa: TRY004 - pydantic collects these
    return text if isinstance(text, Secret) else Secret(str(text).strip())


def _web_address(text: str) -> str:
    try:
        url = URL(text)
    except ValueError:
        url = URL()
    if not url.host or url.scheme not in ("https", "http"):
        raise ValueError("is not a web address, such as https://host")
    return text


def _https_or_loopback(text: str) -> str:
    url = URL(_web_address(text))
    if url.scheme == "http" and not is_loopback(str(url.host)):
        raise ValueError("must be https; plain http is for this machine alone")
    return text


def _hidden_address(text: Any) -> Any:
    """Looked at before it is hidden; what is wrong with it is said without it."""
    return text if isinstance(text, Secret | _Unreadable) else _https_or_loopback(str(text).strip())


def _hidden_proxy(text: Any) -> Any:
    return text if isinstance(text, Secret | _Unreadable) else _web_address(str(text).strip())


def _gaps(text: Any) -> Any:
    return text.split(",") if isinstance(text, str) else text


def _hosts(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    hosts = frozenset(part.strip().lower() for part in text.split(",") if part.strip())
    if any(not host.rpartition(":")[2].isdigit() for host in hosts):
        raise ValueError("is a comma-separated list of host:port")
    return hosts


def _key_sources(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    names = tuple(part.strip() for part in text.split(","))
    if not all(map(_KEY_SOURCE.fullmatch, names)):
        raise ValueError(
            "is file, aws-kms:KEY, azure:KEY or transit:MOUNT/KEY, or several of these with commas"
        )
    return names


def _existing(path: Path) -> Path:
    try:
        there = path.is_file()
    except OSError:
        there = False
    if not there:
        raise ValueError("names a file that is not there")
    return path


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """In place of a secret whose file cannot be read, so that it is told with all other faults."""

    variable: str
    path: str


Hidden = Annotated[Secret, BeforeValidator(_hidden)]
Seconds = Annotated[float, Field(ge=1, allow_inf_nan=False)]
Gaps = Annotated[tuple[Seconds, ...], NoDecode, BeforeValidator(_gaps), Field(min_length=1)]
Hosts = Annotated[frozenset[str], NoDecode, BeforeValidator(_hosts)]
KeySourceNames = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_key_sources)]
Address = Annotated[str, AfterValidator(_https_or_loopback)]
HiddenAddress = Annotated[
    Secret, BeforeValidator(_hidden), BeforeValidator(_hidden_address)
]  # the last one first
Proxy = Annotated[Secret, BeforeValidator(_hidden), BeforeValidator(_hidden_proxy)]  # likewise


class Settings(BaseSettings):
    """One attribute per setting, in the order of the README's table."""

    model_config = SettingsConfigDict(
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
    )

    slack_bot_token: Hidden | None = None
    """The bot token (xoxb-...)."""
    slack_app_token: Hidden | None = None
    """The app-level token (xapp-...) for Socket Mode, which needs no inbound port."""
    slack_signing_secret: Hidden | None = None
    """The signing secret, for Slack over HTTP at `/slack/events` instead of Socket Mode."""
    slack_api_url: Address = SLACK_API
    """Where Slack's Web API is; anything but Slack's own must be https or this machine."""
    operator_user: str | None = None
    """Slack user id told when nobody else can be."""
    database_url: Hidden = Secret("sqlite:///autotask-bot.db")
    """`sqlite:///` and a path, or `postgresql://user:password@host/database`, which several
    processes may serve."""
    autotask_bot_key_file: Path | None = None
    """The file with the master key, made by `autotask-bot keys new`."""
    autotask_bot_key: Hidden | None = None
    """The master key itself; a file is safer, since a process's environment can be read."""
    key_source: KeySourceNames = ("file",)
    """Where the master key is: `file` (the two settings above), `aws-kms:KEY`, `azure:KEY` or
    `transit:MOUNT/KEY`. Several, comma-separated: the first wraps, each opens."""
    aws_region: str | None = None
    """AWS's region, such as eu-central-1, for `aws-kms`."""
    azure_key_vault_url: Address | None = None
    """The vault, such as https://name.vault.azure.net, for `azure`."""
    vault_addr: Address | None = None
    """The server of Vault or OpenBao, for `transit`."""
    vault_token_file: Path | None = None
    """The file with its token, read anew for each call, so that an agent may renew it."""
    autotask_zone_url: Address = "https://webservices.autotask.net"
    """Where zones are looked up."""
    autotask_extra_hosts: Hosts = frozenset()
    """`host:port`, comma-separated, that may be Autotask besides `*.autotask.net`."""
    autotask_status_url: Address | None = None
    """The vendor's status page, such as https://status.kaseya.com; unset, it is never asked."""
    check_interval: Seconds = 300
    """Seconds between healthy checks."""
    rejected_confirm_after: Seconds = 120
    """Seconds until a refused sign-in is tried a second time."""
    rejected_backoff: Gaps = (900, 21_600)
    """Seconds until the third and the fourth try; after that a person has to ask."""
    outage_retries: Gaps = (30, 60)
    """Seconds between the tries that confirm an outage."""
    group_wait: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 30
    """Seconds that news of an outage is held back, so that a short one is told once, as over."""
    check_lease: Annotated[float, Field(ge=30, allow_inf_nan=False)] = 60
    """Seconds after which a check that never ended may be claimed again. A check may take 25, and
    what it saw is worth nothing once its claim has lapsed."""
    send_lease: Annotated[float, Field(ge=15, allow_inf_nan=False)] = 60
    """Seconds after which an alert whose sending never ended may be claimed again. Sending may take
    several calls of up to 6."""
    http_host: str = "127.0.0.1"
    """Where to listen, for `/slack/events` and `/healthz`."""
    http_port: Annotated[int, Field(ge=1, le=65_535)] = 3000
    """The port to listen on."""
    outbound_proxy: Proxy | None = None
    """A proxy for everything that goes out, such as http://proxy.example:3128; nothing is
    taken from HTTP_PROXY and its kin. It may hold a password."""
    ca_file: Annotated[Path, AfterValidator(_existing)] | None = None
    """Certificates to trust besides the public ones, for a network that inspects TLS."""
    heartbeat_url: HiddenAddress | None = None
    """Asked every 30 seconds while all is watched; whoever runs it raises the alarm when it is not.
    As good as a password."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """How much is logged. Secrets never are, at any level."""
    log_format: Literal["console", "json"] | None = None
    """Unset: console on a terminal, else one JSON object per line."""

    @property
    def policy(self) -> Policy:
        """The numbers of the state machine."""
        return Policy(
            check_interval=self.check_interval,
            rejected_confirm_after=self.rejected_confirm_after,
            rejected_backoff=self.rejected_backoff,
            outage_retries=self.outage_retries,
            group_wait=self.group_wait,
        )

    @classmethod
    def settings_customise_sources(  # noqa: PLR0917 - pydantic's signature
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - a whole directory
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then `.env`; in each, NAME goes before NAME_FILE."""
        assert isinstance(env_settings, EnvSettingsSource)  # noqa: S101 - pydantic's own promise
        assert isinstance(dotenv_settings, DotEnvSettingsSource)  # noqa: S101 - likewise
        env_files = _NamedFiles(settings_cls, env_settings.env_vars)
        dotenv_files = _NamedFiles(settings_cls, dotenv_settings.env_vars)
        return init_settings, env_settings, env_files, dotenv_settings, dotenv_files


class _NamedFiles(PydanticBaseSettingsSource):
    """`SLACK_BOT_TOKEN_FILE=/run/secrets/bot` gives `SLACK_BOT_TOKEN` what the file holds."""

    def __init__(self, settings: type[BaseSettings], variables: Mapping[str, str | None]) -> None:
        super().__init__(settings)
        self.variables = variables

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = self.variables.get(f"{field_name}_file")
        named_itself = f"{field_name}_file" in self.settings_cls.model_fields
        if not path or named_itself or not _is_hidden(field.annotation):
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except (OSError, UnicodeError):
            return _Unreadable(f"{field_name.upper()}_FILE", path), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}


def _is_hidden(annotation: Any) -> bool:
    return annotation is Secret or any(map(_is_hidden, get_args(annotation)))


def load() -> Settings:
    """The settings. Raises ConfigurationError with one line per thing wrong, all at once; a line
    names the setting and what it should be, never its value."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{str(problem['loc'][0]).upper()}: {problem['msg'].removeprefix('Value error, ')}."
            for problem in error.errors(include_input=False, include_url=False)
        ]
        raise ConfigurationError("\n".join(dict.fromkeys(lines))) from None
    except (OSError, UnicodeError) as error:
        raise ConfigurationError(
            ".env cannot be read as UTF-8 text.", hint="Check its mode, and save it as UTF-8."
        ) from error
