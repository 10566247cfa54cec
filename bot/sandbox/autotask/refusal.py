"""The answers of the REST API that are not data."""

PERMISSION = (
    "The logged in Resource does not have the adequate permissions to query this entity type."
)
WRONG_CODE = "IntegrationCode is invalid"
ZONE_UNKNOWN = "Zone information could not be determined"


class Refused(Exception):
    """The call ends with this HTTP `status` and `text`; a 401 says nothing, whatever its cause."""

    def __init__(self, status: int, text: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.text = text
