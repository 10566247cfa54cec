"""Only what Autotask has accepted is stored, and every refusal says which value and why."""

import pytest

from bot.domain.credentials import Typed
from bot.domain.errors import BadInput, NoSuchConnection, NotAllowed
from bot.domain.observation import Observation
from bot.domain.sending import Undeliverable
from bot.domain.status import Status
from bot.usecases.connect import Attempt, Connected, Doubtful, Refused, connect
from bot.usecases.ports import Zone
from tests.fakes import DOWN, FORBIDDEN, LOST, REFUSED, UNKNOWN, ZONE_3, ZONE_4
from tests.usecases.conftest import ALICE, BOB, MALLORY, VALUES, House


async def test_good_values_are_stored_and_active(house: House) -> None:
    outcome = await house.connect()

    assert isinstance(outcome, Connected)
    overview = await house.overview()
    assert overview.watch.status is Status.ACTIVE
    assert overview.connection.company == "Lakeside IT"
    assert overview.connection.origin == ZONE_3
    assert house.messenger.said("C1") == [
        "*Autotask (Lakeside IT)*: Connected. Its alerts will appear here. Set up by <@U1>."
    ]


async def test_one_sign_in_is_all_that_a_person_s_try_costs(house: House) -> None:
    await house.connect()

    assert len(house.autotask.sign_ins) == 1


@pytest.mark.parametrize(
    ("answer", "field", "sentence"),
    [
        (REFUSED, "secret", "less than 5 minutes ago"),
        (UNKNOWN, "username", "does not know this username"),
    ],
)
async def test_a_refusal_is_told_on_its_field_and_stores_nothing(
    house: House, answer: Observation, field: str, sentence: str
) -> None:
    house.autotask.answer = answer
    outcome = await house.connect()

    assert isinstance(outcome, Refused)
    assert sentence in outcome.errors[field]
    with pytest.raises(NoSuchConnection):
        await house.overview()


async def test_an_outage_is_nobody_s_fault_and_stores_nothing(house: House) -> None:
    house.autotask.answer = DOWN
    outcome = await house.connect()

    assert isinstance(outcome, Refused)
    assert outcome.errors == {}
    assert "does not answer" in outcome.banner


async def test_an_unknown_username_is_never_signed_in_with(house: House) -> None:
    house.autotask.zone = UNKNOWN
    outcome = await house.connect()

    assert isinstance(outcome, Refused)
    assert "username" in outcome.errors
    assert house.autotask.sign_ins == []


async def test_a_missing_permission_is_stored_as_degraded_and_told(house: House) -> None:
    house.autotask.answer = FORBIDDEN
    await house.connect()
    await house.deliver()

    assert (await house.overview()).watch.status is Status.DEGRADED
    assert "permission missing" in house.messenger.said("C1")[-1]


async def test_mixed_up_values_are_not_sent_unless_the_person_insists(house: House) -> None:
    swapped = {"secret": VALUES["integration_code"], "integration_code": VALUES["secret"]}
    doubt = await house.connect(ALICE, "Autotask", **swapped)

    assert isinstance(doubt, Doubtful)
    assert set(doubt.advice) == set(swapped)
    assert house.autotask.zones_asked == 0

    insisted = Attempt(Typed.of({**VALUES, **swapped}), "Autotask", as_they_are=True)
    assert isinstance(await connect(house.ports, ALICE, insisted), Connected)


async def test_what_cannot_be_sent_is_told_before_any_request(house: House) -> None:
    outcome = await house.connect(secret="", url="https://evil.example")

    assert isinstance(outcome, Refused)
    assert set(outcome.errors) == {"secret", "url"}
    assert house.autotask.zones_asked == 0


async def test_the_wrong_zone_is_named_with_the_right_one(house: House) -> None:
    house.autotask.zone = Zone(ZONE_4, "UK")
    outcome = await house.connect(url=ZONE_3.address)

    assert isinstance(outcome, Refused)
    assert "webservices4.autotask.net (UK)" in outcome.errors["url"]
    assert house.autotask.sign_ins == []


@pytest.mark.parametrize(
    "url",
    [
        "https://www.autotask.net",
        "<https://webservices.autotask.net/|the address>",
        " “http://webservices3.autotask.net/atservices/1.6/atws.asmx?wsdl” ",
        "<https://ww3.autotask.net/#/home|Autotask>",
    ],
)
async def test_an_address_is_understood_however_it_was_pasted(house: House, url: str) -> None:
    assert isinstance(await house.connect(url=url), Connected)
    assert house.autotask.sign_ins[-1].origin == ZONE_3


async def test_members_may_connect_once_an_admin_has_named_them(house: House) -> None:
    with pytest.raises(NotAllowed):
        await house.connect(BOB)

    await house.ports.workspaces.name_managers("T1", ["U2"], by="U1", at=house.clock.now())
    assert isinstance(await house.connect(BOB), Connected)


async def test_a_channel_that_takes_no_post_leaves_alerts_to_the_person(house: House) -> None:
    house.messenger.closed["C1"] = Undeliverable("not_in_channel")
    outcome = await house.connect()

    assert isinstance(outcome, Connected)
    assert outcome.channel_refused == "C1"
    assert (await house.overview()).connection.channel is None


async def test_the_same_name_twice_is_refused(house: House) -> None:
    await house.connect()

    with pytest.raises(BadInput, match="name"):
        await house.connect(name="AUTOTASK")


async def test_new_credentials_take_the_place_of_the_old_ones(house: House) -> None:
    await house.connect()
    old = await house.overview()
    fresh = Typed.of({**VALUES, "secret": "zY8$xW5#vU2~tS9*rQ6@pO3nM"})
    attempt = Attempt(fresh, "Autotask", replaces=old.connection.id)

    assert isinstance(await connect(house.ports, ALICE, attempt), Connected)
    await house.live(hours=0.2)

    assert house.autotask.sign_ins[-1].secret.reveal() == fresh.secret


async def test_refused_new_credentials_leave_the_old_ones_in_force(house: House) -> None:
    await house.connect()
    old = await house.overview()
    house.autotask.answer = REFUSED
    attempt = Attempt(Typed.of(VALUES), "Autotask", replaces=old.connection.id)

    assert isinstance(await connect(house.ports, ALICE, attempt), Refused)
    assert await house.overview() == old


async def test_another_workspace_cannot_replace_what_it_cannot_see(house: House) -> None:
    await house.connect()
    victim = (await house.overview()).connection.id
    attempt = Attempt(Typed.of(VALUES), "Autotask", replaces=victim)

    with pytest.raises(NoSuchConnection):
        await connect(house.ports, MALLORY, attempt)


async def test_after_four_tries_without_an_answer_the_person_is_asked_too(house: House) -> None:
    """Nobody has ever seen these values accepted: each may have been refused."""
    house.autotask.answer = LOST
    for _ in range(4):
        assert isinstance(await house.connect(), Refused)

    doubt = await house.connect()

    assert isinstance(doubt, Doubtful)
    assert doubt.may_lock


async def test_after_four_outages_in_which_nothing_was_sent_nobody_is_asked(house: House) -> None:
    house.autotask.answer = DOWN
    for _ in range(6):
        assert isinstance(await house.connect(), Refused)


async def test_after_four_refusals_nothing_is_sent_without_the_person_s_word(house: House) -> None:
    house.autotask.answer = REFUSED
    for _ in range(4):
        assert isinstance(await house.connect(), Refused)

    doubt = await house.connect()

    assert isinstance(doubt, Doubtful)
    assert doubt.may_lock
    assert "may lock" in doubt.confirm
    assert len(house.autotask.sign_ins) == 4

    sure = Attempt(Typed.of(VALUES), "Autotask", may_lock=True)
    await connect(house.ports, ALICE, sure)
    assert len(house.autotask.sign_ins) == 5
