"""The guide: eight steps to an API user, and where each of its values goes.

Facts: the official pages Define_API_User, API_Tracking_Identifier, REST_Security_Auth and
REST_BestPractices. Many a guide says to use one's own login, or to make up the Tracking
Identifier; both lead to a 401, and the first can lock the person out.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `fills` is the form field that what it yields goes into."""

    title: str
    text: str
    fills: str | None = None


STEPS: tuple[Step, ...] = (
    Step(
        "Open the resources",
        "In Autotask's left-hand menu choose Admin → Resources (Users).",
    ),
    Step(
        "Start a new API user",
        "Open the small arrow beside + New and choose New API User.",
    ),
    Step(
        "Name it",
        "Give it a first and last name that say what it is for, such as Slack Watch. Use an e-mail "
        "address that somebody reads: Autotask writes there when it locks the user. Tick Active; "
        "leave Locked empty.",
    ),
    Step(
        "Choose the security level",
        "API User (system). Its password does not expire, unlike that of a copied level without "
        "“Not required to change password”. Choose the primary location.",
    ),
    Step(
        "Generate the credentials",
        "Under Credentials press Generate Key and Generate Secret, and copy both. The Secret is "
        "shown this once. Your own login is not used anywhere.",
        fills="Username (Key) goes into Username, Password (Secret) goes into Secret",
    ),
    Step(
        "Choose the tracking identifier",
        "Under API Tracking Identifier choose Custom (Internal Integration) and type a name of "
        "your own. Autotask generates the Tracking Identifier beside it: 27 capitals and digits.",
        fills="Tracking Identifier goes into API Integration Code; the name you typed goes nowhere",
    ),
    Step(
        "Lines of business, if you use them",
        "Leave them alone, or tick “Resource can view items with no assigned Line of Business”.",
    ),
    Step(
        "Save, then connect",
        "Press Save & Close and wait up to 5 minutes for the user to work. Then type /autotask "
        "connect; leave REST API URL empty, it is found from the username.",
    ),
)
