"""A key of AWS KMS: `aws-kms:KEY`, by its id, ARN or alias. What is bound goes along as encryption
context, so CloudTrail shows whose data key was opened.

KMS rotates the material of such a key by itself, unseen; another key is another KEY.
"""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ParamValidationError

from bot.domain.errors import SealError, Tampered, UnknownKey
from bot.vault.sdk.aws import RAISED, code_of, open_client
from bot.vault.sdk.line import DEADLINE, Line, Way, away
from bot.vault.seal import APP
from bot.vault.sources import PURPOSE, Bound

_ABOUT = "AWS KMS"
_NOT_OURS = frozenset(
    {
        "AccessDeniedException",
        "DisabledException",
        "IncorrectKeyException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidKeyUsageException",
        "KMSInvalidStateException",
        "NoCredentialsError",
        "NotFoundException",
        "UnrecognizedClientException",
    }
)
"""Somebody has to do something about these; IncorrectKey is an alias that leads elsewhere now."""


class AwsKey:
    """The port `KeySource`. The key is named with every call, so that no other opens anything."""

    wrapper = "aws-kms"

    def __init__(self, key: str, *, region: str, way: Way, within: float = DEADLINE) -> None:
        self._key = key
        self._client = open_client("kms", region=region, way=way)
        self._line = Line(_ABOUT, within=within)

    @property
    def named(self) -> str:
        return f"{self.wrapper}:{self._key}"

    @property
    def known(self) -> tuple[str, ...]:
        return (self._key,)

    def holds(self, ref: str) -> bool:
        return ref == self._key

    async def newest(self) -> str:
        return self._key

    async def wrap(self, material: bytes, bound: Bound) -> tuple[str, bytes]:
        answer = await self._ask(self._client.encrypt, bound, Plaintext=material)
        return self._key, bytes(answer["CiphertextBlob"])

    async def unwrap(self, ref: str, blob: bytes, bound: Bound) -> bytes:
        answer = await self._ask(self._client.decrypt, bound, CiphertextBlob=blob)
        return bytes(answer["Plaintext"])

    async def _ask(self, call: Callable[..., Any], bound: Bound, **what: bytes) -> Any:
        """The context may hold no empty value; what is bound to nothing is left out."""
        given = {name: value for name, value in bound.items() if value}
        context = {"app": APP, "purpose": PURPOSE, **given}

        def ask() -> Any:
            try:
                return call(KeyId=self._key, EncryptionContext=context, **what)
            except RAISED as error:
                raise _meaning(error) from None

        return await self._line.ask(ask)


def _meaning(error: Exception) -> SealError:
    code = code_of(error)
    if code == "InvalidCiphertextException" or isinstance(error, ParamValidationError):
        return Tampered()  # the blob alone may be of a form that is not sent at all
    if code in _NOT_OURS:
        return UnknownKey(
            f"{_ABOUT} refuses the master key: {code}.",
            hint="Look at KEY_SOURCE, AWS_REGION, the key's state and what the bot's role may do.",
        )
    return away(_ABOUT, code)
