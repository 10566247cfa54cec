"""Secrets of AWS Secrets Manager, `aws-sm:NAME`, of the account whose role the bot has."""

from typing import Any

from bot.domain.errors import (
    EntryForbidden,
    EntryMalformed,
    EntryNotFound,
    EntryUnavailable,
    Unread,
)
from bot.domain.reference import TITLES, Place, Reference
from bot.vault.sdk.aws import RAISED, code_of, open_client
from bot.vault.sdk.line import DEADLINE, Line, Way

_ABOUT = TITLES[Place.AWS]
_NONE = frozenset({"ResourceNotFoundException", "InvalidRequestException"})
"""InvalidRequest is one that is to be deleted, or has no value yet."""
_NOT_OURS = frozenset({"AccessDeniedException", "DecryptionFailure"})


class AwsSecrets:
    """The port `EntryStore`. An ARN is never sent: the secret is asked for by its name, in the
    bot's own account and region, and what answers has to have that ARN."""

    def __init__(self, *, region: str, way: Way, within: float = DEADLINE) -> None:
        self._client = open_client("secretsmanager", region=region, way=way)
        self._line = Line(_ABOUT, within=within)

    async def read(self, reference: Reference) -> str:
        def ask() -> Any:
            stage = {"VersionStage": reference.version} if reference.version else {}
            try:
                return self._client.get_secret_value(SecretId=reference.name, **stage)
            except RAISED as error:
                raise _meaning(code_of(error)) from None

        answer = await self._line.ask(ask)
        if reference.arn and answer.get("ARN") != reference.arn:
            raise EntryForbidden(
                "The ARN is not that of the secret of this name in the bot's own account.",
                hint="The bot reads in its own account alone: make the entry there.",
            )
        text = answer.get("SecretString")
        if not isinstance(text, str):
            raise EntryMalformed("The entry is binary, not text.")
        return text


def _meaning(code: str) -> Unread:
    if code in _NONE:
        return EntryNotFound(f"{_ABOUT} has no entry of that name, or not in that version.")
    if code in _NOT_OURS:
        return EntryForbidden(f"{_ABOUT} does not let the bot read this entry ({code}).")
    return EntryUnavailable(f"{_ABOUT} is not available: {code}.")
