"""Every cause has words, every error a sentence, every secret dots."""

import copy
import json
import logging
import pickle  # noqa: TID251 - to see it refused
from datetime import UTC, datetime

import pytest

from bot.domain import errors
from bot.domain.connection import parse_name
from bot.domain.credentials import SIGNING_IN
from bot.domain.diagnosis import diagnose
from bot.domain.errors import BadInput, BotError, NotAllowed
from bot.domain.guide import STEPS
from bot.domain.observation import Cause
from bot.domain.people import Person, require_admin, require_manager, require_member
from bot.domain.secret import Secret

WORD = "made-up-word"


@pytest.mark.parametrize("cause", list(Cause))
@pytest.mark.parametrize("last_ok_at", [None, datetime(2026, 1, 2, tzinfo=UTC)])
def test_every_cause_says_what_is_wrong_why_and_what_to_do(
    cause: Cause, last_ok_at: datetime | None
) -> None:
    words = diagnose(cause, last_ok_at=last_ok_at)

    assert words.cause is cause
    assert words.title == words.title.strip(".")
    assert words.why.endswith(".")
    assert words.next_step.endswith(".")


def test_another_zone_than_the_one_that_worked_is_a_move_that_the_bot_follows_by_itself() -> None:
    typed = diagnose(Cause.WRONG_ZONE)
    stored = diagnose(Cause.WRONG_ZONE, last_ok_at=datetime(2026, 1, 2, tzinfo=UTC))

    assert "REST API URL left empty" in typed.next_step
    assert "the next scheduled check" in stored.next_step


def test_the_same_refusal_means_something_else_where_it_once_worked() -> None:
    never = diagnose(Cause.CREDENTIALS_REFUSED)
    once = diagnose(Cause.CREDENTIALS_REFUSED, last_ok_at=datetime(2026, 1, 2, tzinfo=UTC))

    assert "no longer" in once.why
    assert "no longer" not in never.why


def test_every_error_of_the_family_says_something_without_being_told_what() -> None:
    classes = [each for each in vars(errors).values() if isinstance(each, type)]

    for kind in classes:
        if issubclass(kind, BotError) and kind is not BadInput:
            assert kind().sentence().endswith(".")


def test_a_secret_prints_as_dots_wherever_it_slips(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(WORD)
    logging.getLogger(__name__).warning("%s %r", secret, secret)

    shown = [f"{secret}", f"{secret:>10}", repr(secret), repr([secret]), caplog.text]

    assert not [each for each in shown if WORD in each]
    assert secret.reveal() == WORD


def test_a_secret_is_neither_pickled_nor_dumped_nor_a_key() -> None:
    for use in (pickle.dumps, json.dumps, hash):
        with pytest.raises(TypeError):
            use(Secret(WORD))


def test_copies_of_a_secret_are_the_secret() -> None:
    secret = Secret(WORD)

    assert copy.deepcopy([secret])[0] is secret
    assert secret == Secret(WORD)
    assert secret != Secret("another")
    assert secret != WORD


@pytest.mark.parametrize("text", ["", "EU subsidiary", "a", "Müller-GmbH_2.0", "x" * 40])
def test_names_of_connections(text: str) -> None:
    assert parse_name(f"  {text} ") == (text or "Autotask")


@pytest.mark.parametrize("text", ["x" * 41, "a/b", "<!channel>", "a\u200bb", "*"])
def test_what_is_no_name_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(BadInput, match="1 to 40 letters"):
        parse_name(text)


ADMIN = Person("U1", "T1", admin=True)
MEMBER = Person("U2", "T1")
GUEST = Person("U3", "T1", guest=True, admin=True)
STRANGER = Person("U4", "T1", admin=True, stranger=True)
GONE = Person("U5", "T1", admin=True, gone=True)


def test_admins_and_named_people_may_manage_guests_and_strangers_never() -> None:
    require_manager(ADMIN, named=())
    require_manager(MEMBER, named={"U2"})

    for person in (MEMBER, GUEST, STRANGER, GONE):
        with pytest.raises(NotAllowed):
            require_manager(person, named={"U3", "U4", "U5"})


def test_only_admins_may_name_people() -> None:
    require_admin(ADMIN)

    for person in (MEMBER, GUEST, STRANGER, GONE):
        with pytest.raises(NotAllowed):
            require_admin(person)


def test_every_member_may_look() -> None:
    for person in (ADMIN, MEMBER, GUEST):
        require_member(person)
    for person in (STRANGER, GONE):
        with pytest.raises(NotAllowed):
            require_member(person)


def test_the_guide_says_once_where_each_value_of_the_form_comes_from() -> None:
    copied = [each.field for step in STEPS for each in step.copies]

    assert len(STEPS) == 8
    assert sorted(copied) == sorted(SIGNING_IN)


def test_the_guide_s_lines_name_the_form_s_fields() -> None:
    assert STEPS[4].fills == (
        "Username (Key) goes into Username, Password (Secret) goes into Secret"
    )
    assert STEPS[5].fills == "Tracking Identifier goes into API Integration Code"


def test_the_guide_points_out_what_other_guides_get_wrong() -> None:
    mistakes = " ".join(step.mistake or "" for step in STEPS)

    assert "your own login into Username" in mistakes
    assert "make up the Tracking Identifier" in mistakes
    assert "one REST API URL" in mistakes
    assert "make up the e-mail address" in mistakes


def test_errors_of_the_family_are_sentences() -> None:
    assert BotError("It broke.", hint="Mend it.").sentence() == "It broke. Mend it."
