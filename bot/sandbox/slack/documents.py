"""What travels: JSON objects."""

from typing import Any

Json = dict[str, Any]
"""A JSON object."""
