"""The guide: eight steps to an API user, and where each of its values goes.

Facts: the official pages Define_API_User, API_Tracking_Identifier, REST_Security_Auth and
REST_BestPractices, and the text of the official Postman collection. Many a guide says to use one's
own login, or to make up the Tracking Identifier; both lead to a 401, and the first can lock the
person out. So each step says what other guides get wrong about it.
"""

from dataclasses import dataclass

from bot.domain.credentials import LABELS

_PAGE = "Admin → Resources (Users) → the API user"


@dataclass(frozen=True, slots=True)
class Copied:
    """A value to copy: what Autotask calls it, and the name of the form field that it goes into."""

    value: str
    field: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `mistake` is what many guides get wrong here, with what is right."""

    title: str
    where: str
    """Where it is in Autotask."""
    text: str
    copies: tuple[Copied, ...] = ()
    mistake: str | None = None

    @property
    def fills(self) -> str:
        """What is copied and where it goes, in a line; empty where there is nothing to copy."""
        return ", ".join(f"{each.value} goes into {LABELS[each.field]}" for each in self.copies)


STEPS: tuple[Step, ...] = (
    Step(
        "Open the resources",
        "Left-hand menu: Admin → Resources (Users)",
        "Sign in to Autotask as somebody who may administer it, and open the list of resources.",
    ),
    Step(
        "Start a new API user",
        "Admin → Resources (Users) → the small arrow beside + New",
        "Choose New API User. It needs no license of its own, and cannot sign in to Autotask's "
        "pages.",
        mistake="An ordinary resource does not do: Autotask's API refuses a person's user, with "
        "the right values too.",
    ),
    Step(
        "Name it",
        f"{_PAGE} → General",
        "Give it a first and last name that say what it is for, such as Slack Watch. Tick Active; "
        "leave Locked empty.",
        mistake="Some guides make up the e-mail address. Use one that somebody reads: Autotask "
        "writes there when it locks the user. It is not the Username.",
    ),
    Step(
        "Choose the security level",
        f"{_PAGE} → General → Security Level",
        "API User (system). Choose the primary location, and the formats you like.",
        mistake="In a copied level without “Not required to change password” the password "
        "expires, and the integration stops that day.",
    ),
    Step(
        "Generate the credentials",
        f"{_PAGE} → Credentials",
        "Press Generate Key and Generate Secret, and copy both. The Secret is shown this once.",
        copies=(
            Copied("Username (Key)", "username"),
            Copied("Password (Secret)", "secret"),
        ),
        mistake="Many guides put Username (Key) into API Integration Code, and your own login into "
        "Username. Autotask refuses that, and a few refusals can lock you out. Your own login is "
        "not used anywhere.",
    ),
    Step(
        "Choose the tracking identifier",
        f"{_PAGE} → API Tracking Identifier",
        "Choose Custom (Internal Integration) and type a name of your own. Autotask generates the "
        "Tracking Identifier beside it: 27 capitals and digits.",
        copies=(Copied("Tracking Identifier", "integration_code"),),
        mistake="Many guides have you make up the Tracking Identifier. The name that you type is "
        "the Internal Integration Name, and goes nowhere.",
    ),
    Step(
        "Lines of business, if you use them",
        f"{_PAGE} → Line of Business",
        "Leave them alone, or tick “Resource can view items with no assigned Line of Business”. "
        "What the user may not see, Autotask hides without a word.",
    ),
    Step(
        "Save, then connect",
        "At the top of the same page: Save & Close",
        "Wait up to 5 minutes for the user to work. Then fill in the form of /autotask connect.",
        mistake="Some guides give everybody one REST API URL, which is right in one zone alone. "
        "Leave it empty: it is found from the Username.",
    ),
)
