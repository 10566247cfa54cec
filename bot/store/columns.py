"""Column types: the domain's values as the database keeps them, the same again on the way back."""

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from bot.domain.origin import AutotaskOrigin

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970 and returned in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + value * _MICROSECOND


class Span(TypeDecorator[timedelta]):
    """A length of time, kept as whole microseconds; a sum of them is one too."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        return None if value is None else value // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> timedelta | None:
        return None if value is None else int(value) * _MICROSECOND


class Named(TypeDecorator[StrEnum]):
    """A member of one enumeration, kept as its value."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)


class Lines(TypeDecorator[tuple[str, ...]]):
    """A tuple of sentences, kept as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(json.loads(value))


class Moments(TypeDecorator[tuple[datetime, ...]]):
    """Several moments, kept as a JSON list of what `Moment` keeps."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self, value: tuple[datetime, ...] | None, dialect: Dialect
    ) -> str | None:
        if value is None:
            return None
        return json.dumps([(each - _EPOCH) // _MICROSECOND for each in value])

    def process_result_value(
        self, value: str | None, dialect: Dialect
    ) -> tuple[datetime, ...] | None:
        if value is None:
            return None
        return tuple(_EPOCH + each * _MICROSECOND for each in json.loads(value))


class Origin(TypeDecorator[AutotaskOrigin]):
    """A zone's address, which was parsed before it was stored."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: AutotaskOrigin | None, dialect: Dialect) -> str | None:
        return None if value is None else value.address

    def process_result_value(self, value: str | None, dialect: Dialect) -> AutotaskOrigin | None:
        return None if value is None else AutotaskOrigin(value)
