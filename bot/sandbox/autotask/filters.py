"""The filter language of Autotask queries, compiled to a test of one row."""

from collections.abc import Callable, Collection, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from bot.sandbox.autotask.refusal import Refused

Row = dict[str, Any]
Test = Callable[[Row], bool]

_OR_CAP = 500
_EMPTY = (None, "")

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": eq,
    "noteq": ne,
    "gt": gt,
    "gte": ge,
    "lt": lt,
    "lte": le,
    "contains": lambda cell, value: str(value) in str(cell),
    "beginswith": lambda cell, value: str(cell).startswith(str(value)),
    "endswith": lambda cell, value: str(cell).endswith(str(value)),
}


def compile_filter(conditions: object, fields: Collection[str]) -> Test:
    """A test that holds for rows matching every condition.

    Field names, operators and keys count in any case of letters; numbers and booleans may come as
    text, and text is compared without case. An empty field, null or text, matches `notExist` alone.
    Raises Refused (500) with Autotask's kind of sentence; a filter is mandatory.
    """
    return _group("and", conditions, {name.lower(): name for name in fields})


def lowered(document: object) -> dict[str, Any]:
    """An object of the query, its keys in lower case. Raises Refused (500) for anything else."""
    if not isinstance(document, Mapping):
        raise invalid("an object was expected")
    return {str(key).lower(): value for key, value in document.items()}


def invalid(reason: str) -> Refused:
    """The refusal for a query that cannot be understood."""
    return Refused(500, f"Invalid query syntax: {reason}.")


def _group(word: str, conditions: object, names: Mapping[str, str]) -> Test:
    if not isinstance(conditions, list) or not conditions:
        raise invalid("a filter with at least one condition is required")
    if word == "or" and len(conditions) > _OR_CAP:
        raise Refused(
            500, "Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions."
        )
    tests = [_condition(lowered(each), names) for each in conditions]
    if word == "or":
        return lambda row: any(test(row) for test in tests)
    return lambda row: all(test(row) for test in tests)


def _condition(condition: dict[str, Any], names: Mapping[str, str]) -> Test:
    op = str(condition.get("op", "")).lower()
    if op in ("and", "or"):
        return _group(op, condition.get("items"), names)
    field = names.get(str(condition.get("field", "")).lower())
    if field is None:
        raise invalid(f"unable to find {condition.get('field')} in the entity")
    return _test(op, field, condition.get("value"))


def _test(op: str, field: str, value: Any) -> Test:
    if op == "exist":
        return lambda row: row[field] not in _EMPTY
    if op == "notexist":
        return lambda row: row[field] in _EMPTY
    if op in ("in", "notin"):
        return _membership(field, value, wanted=op == "in")
    if op not in _OPERATORS:
        raise invalid(f"unknown operator {op!r}")
    return lambda row: row[field] not in _EMPTY and _holds(op, row[field], value)


def _membership(field: str, values: Any, *, wanted: bool) -> Test:
    if not isinstance(values, list):
        raise invalid("in and notIn take a list")
    return lambda row: (
        row[field] not in _EMPTY
        and any(_holds("eq", row[field], each) for each in values) is wanted
    )


def _holds(op: str, cell: Any, value: Any) -> bool:
    """Compare as the field's own type, text without case."""
    operator = _OPERATORS[op]
    if isinstance(cell, bool):
        return operator(cell, str(value).lower() in ("true", "1"))
    if isinstance(cell, int) and op in ("eq", "noteq", "gt", "gte", "lt", "lte"):
        return operator(cell, _number(value))
    return operator(str(cell).lower(), str(value).lower())


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise invalid(f"{value!r} is not a number") from error
