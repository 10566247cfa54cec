"""A value that must not be seen."""

import hmac
from collections import Counter
from threading import RLock
from typing import Never

_living: Counter[str] = Counter()
_changes = 0
_turn = RLock()  # whoever frees memory may stand inside already


class Secret:
    """A string that prints as dots and cannot be copied out by accident.

    `reveal()` is called in the few modules that talk to the secret's owner; an architecture test
    holds the list. Not hashable, not picklable, compared in constant time.
    """

    __slots__ = ("_value",)
    __hash__ = None  # type: ignore[assignment]  # a secret is no dictionary key

    def __init__(self, value: str) -> None:
        self._value = value
        _count(value, 1)

    def reveal(self) -> str:
        """The value itself. Hand it straight to its owner."""
        return self._value

    def __del__(self) -> None:
        _count(self._value, -1)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __repr__(self) -> str:
        return "Secret(•••)"

    def __str__(self) -> str:
        return "•••"

    def __format__(self, spec: str) -> str:
        return "•••"

    def __reduce__(self) -> Never:
        raise TypeError("a Secret cannot be pickled")

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: object) -> "Secret":
        return self


def changes() -> int:
    """Grows whenever a secret comes or goes."""
    return _changes


def living() -> frozenset[str]:
    """The values of all secrets there are, for the log's last wall alone: what it may not write."""
    with _turn:
        return frozenset(_living)


def _count(value: str, by: int) -> None:
    global _changes  # noqa: PLW0603 - of the process, as the log is
    with _turn:
        _changes += 1
        _living[value] += by
        if not _living[value]:
            del _living[value]
