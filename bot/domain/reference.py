"""A reference: where a vault of the operator's keeps the four values, typed instead of the Secret.

    aws-sm:NAME or ARN[#version stage]      AWS Secrets Manager
    azure-kv:NAME[/version]                 Azure Key Vault
    vault:MOUNT/PATH[#version]              Vault or OpenBao, the KV engine's second version

It is no secret. Host, region, account and mount are the operator's configuration, and of the names
a workspace has those alone that begin with the operator's prefix and its own id: else whoever
manages one tenant could name what belongs to another.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.errors import BadInput

LONGEST = 900
"""Characters: an ARN with a name of 512 and a stage of 256."""


class Place(StrEnum):
    """Whose vault it is, by the word that a reference begins with."""

    AWS = "aws-sm"
    AZURE = "azure-kv"
    VAULT = "vault"


TITLES: Mapping[Place, str] = {
    Place.AWS: "AWS Secrets Manager",
    Place.AZURE: "Azure Key Vault",
    Place.VAULT: "Vault",
}
NEEDS: Mapping[Place, str] = {
    Place.AWS: "REFERENCE_PREFIX and AWS_REGION",
    Place.AZURE: "REFERENCE_PREFIX and AZURE_KEY_VAULT_URL",
    Place.VAULT: "REFERENCE_PREFIX, VAULT_ADDR and VAULT_TOKEN_FILE",
}
"""What the operator has to set."""

_BEGINS = re.compile(rf"({'|'.join(Place)}):", re.IGNORECASE)
_AWS_NAME = r"[A-Za-z0-9_+=.@-]+(?:/[A-Za-z0-9_+=.@-]+)*"
_FORMS: Mapping[Place, re.Pattern[str]] = {
    Place.AWS: re.compile(
        rf"(?P<arn>arn:aws[a-z-]{{0,20}}:secretsmanager:(?P<region>[a-z0-9-]+):[0-9]{{12}}:secret:)?"
        rf"(?P<name>{_AWS_NAME})(?:#(?P<version>[A-Za-z0-9_+=.@/-]{{1,256}}))?"
    ),
    Place.AZURE: re.compile(r"(?P<name>[0-9A-Za-z-]{1,127})(?:/(?P<version>[0-9A-Za-z]{1,64}))?"),
    Place.VAULT: re.compile(
        r"(?P<name>[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+)(?:#(?P<version>[1-9][0-9]{0,9}))?"
    ),
}
_ARN_ENDS = re.compile(r"-[A-Za-z0-9]{6}")
"""What AWS puts behind the name in an ARN."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What to ask for, and where."""

    place: Place
    name: str
    """Of the entry; for Vault behind its mount."""
    version: str = ""
    """Empty: whichever is current."""
    arn: str = ""
    """The whole ARN, where one was typed: what answers has to have the same."""

    def __str__(self) -> str:
        sign = "/" if self.place is Place.AZURE else "#"
        behind = f"{sign}{self.version}" if self.version else ""
        return f"{self.place}:{self.arn or self.name}{behind}"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the operator has set: references lead nowhere else."""

    places: frozenset[Place] = frozenset()
    prefix: str = ""
    region: str | None = None
    mount: str = "secret"

    def begin(self, place: Place, workspace_id: str) -> str:
        """How each reference of this workspace begins."""
        if place is Place.AZURE:  # its names have no slash, and Slack's ids no dash
            return f"{place}:{self.prefix}-{workspace_id}-"
        mount = f"{self.mount}/" if place is Place.VAULT else ""
        return f"{place}:{mount}{self.prefix}/{workspace_id}/"

    def parse(self, text: str, workspace_id: str) -> Reference:
        """The reference that was typed in this workspace, with nobody asked.

        Raises BadInput, field `secret`, for one of another workspace or region, one that cannot be,
        and where its place is not set up, with what the operator has to set.
        """
        place, rest = _place(text)
        if place not in self.places:
            raise _no(
                f"References to {TITLES[place]} are not set up here.",
                f"The bot's operator has to set {NEEDS[place]}.",
            )
        beginning = self.begin(place, workspace_id)
        found = _FORMS[place].fullmatch(rest) if len(text) <= LONGEST and ".." not in rest else None
        if found is None:
            raise _no(f"This is no name of {TITLES[place]}'s.", f"It looks like {beginning}NAME.")
        given = found.groupdict(default="")
        name, arn = given["name"], given.get("arn", "")
        if arn:
            name, arn = _without_ending(name), arn + name
            self._require_region(given["region"])
        if not f"{place}:{name}".startswith(beginning) or f"{place}:{name}" == beginning:
            raise _no(f"In this workspace it has to begin with {beginning}")
        if len(name) > _LONGEST_NAME:
            raise _no(f"A name has at most {_LONGEST_NAME} characters.")
        return Reference(place, name, given["version"], arn)

    def _require_region(self, region: str) -> None:
        if region != self.region:
            raise _no(f"This ARN is of the region {region}, and the bot's is {self.region}.")


_LONGEST_NAME = 512


def is_reference(text: str) -> bool:
    """Whether it begins as one does. Such a text is never a secret, and never sent as one."""
    return bool(_BEGINS.match(text))


def _place(text: str) -> tuple[Place, str]:
    begins = _BEGINS.match(text)
    if begins is None:
        raise _no("This is no reference.")
    return Place(begins[1].lower()), text[begins.end() :]


def _without_ending(name: str) -> str:
    if not _ARN_ENDS.fullmatch(name[-7:]):
        raise _no("This ARN is cut off.", "Copy it whole.")
    return name[:-7]


def _no(message: str, hint: str = "") -> BadInput:
    return BadInput(message, field="secret", hint=hint)
