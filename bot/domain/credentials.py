"""The four values of an API user: what was typed, what it may look like, what is kept."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.domain.errors import BadInput
from bot.domain.origin import AutotaskOrigin
from bot.domain.secret import Secret

LABELS: Mapping[str, str] = {
    "url": "REST API URL",
    "integration_code": "API Integration Code",
    "secret": "Secret",
    "username": "Username",
}
"""Field name (in code, database, forms) to the vendor guide's label (on screen)."""

SIGNING_IN = tuple(name for name in LABELS if name != "url")
"""The three that are sent as they are; the address is rebuilt from what it names."""

LONGEST = 200
"""Characters; Autotask's own values have 25 to 60."""

_WRAPPED = re.compile(r"^(?:mailto:|[\"'`<])|[\"'`>]$")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signs in at Autotask. `origin` belongs to it: the secret goes nowhere else."""

    origin: AutotaskOrigin
    username: Secret
    secret: Secret
    integration_code: Secret


@dataclass(frozen=True, slots=True, repr=False)
class Typed:
    """The four values as a person typed them, trimmed. The URL may be empty."""

    url: str
    integration_code: str
    secret: str
    username: str

    @classmethod
    def of(cls, values: Mapping[str, str | None]) -> "Typed":
        """From a form's values; what is missing counts as empty."""
        return cls(**{name: (values.get(name) or "").strip() for name in LABELS})

    def problems(self, *, extra_hosts: Collection[str] = ()) -> dict[str, str]:
        """Field name to a sentence, for all that cannot be sent at all. No request is needed.

        HTTP headers carry ASCII only, and an invisible character is never meant.
        """
        found = {name: problem for name in SIGNING_IN if (problem := self._problem(name))}
        try:
            AutotaskOrigin.named_in(self.url, extra_hosts=extra_hosts)
        except BadInput as error:
            found = {"url": error.sentence()} | found
        return found

    def _problem(self, name: str) -> str | None:
        value = str(getattr(self, name))
        if not value:
            return f"{LABELS[name]} is missing. {WHERE[name]}"
        if len(value) > LONGEST:
            return (
                f"This is {len(value)} characters long; Autotask's value has at most {LONGEST}. "
                "Paste this one value alone."
            )
        odd = next((c for c in value if not "!" <= c <= "~"), None)
        if odd is not None:
            return _odd_character(odd)
        if _WRAPPED.search(value):
            return "Quotes, brackets or “mailto:” came along with it. Paste the bare value."
        return None


def _odd_character(odd: str) -> str:
    if odd in " \t\r\n":
        return "There is a space or a line break inside. Paste this one value alone."
    if not odd.isprintable():
        return (
            f"An invisible character (U+{ord(odd):04X}) came along with it. "
            "Copy the value again, or type it."
        )
    return (
        f"Autotask's values have plain letters, digits and signs only, and this one holds “{odd}”. "
        "Copy it again."
    )


WHERE: Mapping[str, str] = {
    "url": "Leave it empty: it is found from the username.",
    "integration_code": "It is the Tracking Identifier in the section “API Tracking Identifier” "
    "of the API user's page: 27 capital letters and digits.",
    "secret": "It is the Password (Secret) that “Generate Secret” shows once.",
    "username": "It is the Username (Key) that “Generate Key” shows; it looks like an e-mail "
    "address.",
}
"""Where each value stands in Autotask (official Postman collection and API_Tracking_Identifier)."""
