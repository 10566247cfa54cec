"""What a blank field stands for, and where the stored secret may go: to its own zone and user."""

import pytest
from sqlalchemy import select, update

from bot.domain.credentials import Typed
from bot.domain.errors import NoSuchConnection, Tampered
from bot.domain.origin import AutotaskOrigin
from bot.domain.people import Person
from bot.store.schema import connections
from bot.usecases.connect import Attempt, Connected, Doubtful, Refused, connect
from bot.usecases.ports import Zone
from tests.fakes import REFUSED, UNKNOWN, ZONE_3, ZONE_4
from tests.usecases.conftest import ALICE, BOB, MALLORY, VALUES, House

OTHER_SECRET = "zY8$xW5#vU2~tS9*rQ6@pO3nM"
OTHER_CODE = "BCDEFGHIJKLMNOPQRSTUVWXYZ23"
OTHER_USER = "h7g6f5e4d3c2b1a@example.com"


async def edit(
    house: House, person: Person = ALICE, /, **typed: str
) -> Connected | Refused | Doubtful:
    """With what is typed alone; the rest is left blank."""
    id_ = (await house.overview()).connection.id
    return await connect(house.ports, person, Attempt(Typed.of(typed), "Autotask", replaces=id_))


def sent(house: House) -> dict[str, str]:
    """What the latest sign-in was made with."""
    last = house.autotask.sign_ins[-1]
    return {name: getattr(last, name).reveal() for name in VALUES}


def errors(outcome: object) -> dict[str, str]:
    assert isinstance(outcome, Refused), outcome
    return outcome.errors


@pytest.mark.parametrize(
    ("field", "value"), [("secret", OTHER_SECRET), ("integration_code", OTHER_CODE)]
)
async def test_what_is_left_blank_is_kept(house: House, field: str, value: str) -> None:
    await house.connect()

    assert isinstance(await edit(house, **{field: value}), Connected)
    assert sent(house) == {**VALUES, field: value}
    await house.live(hours=0.2)
    assert sent(house) == {**VALUES, field: value}


async def test_the_same_username_in_other_letters_is_no_other_username(house: House) -> None:
    await house.connect()

    name = VALUES["username"].replace("example.com", "Example.COM")
    assert isinstance(await edit(house, username=name, integration_code=OTHER_CODE), Connected)


async def test_another_username_needs_its_own_secret(house: House) -> None:
    await house.connect()
    sign_ins = len(house.autotask.sign_ins)

    assert "stored username" in errors(await edit(house, username=OTHER_USER))["secret"]
    assert len(house.autotask.sign_ins) == sign_ins
    assert isinstance(await edit(house, username=OTHER_USER, secret=OTHER_SECRET), Connected)


@pytest.mark.parametrize("lives_at", [ZONE_3, ZONE_4])
async def test_another_zone_s_address_needs_the_secret(
    house: House, lives_at: AutotaskOrigin
) -> None:
    """Whether the database is there or not: that need not be asked."""
    await house.connect()
    house.autotask.zone = Zone(lives_at, None)
    asked = house.autotask.zones_asked

    told = errors(await edit(house, url=ZONE_4.address, integration_code=OTHER_CODE))
    assert "webservices3.autotask.net alone" in told["secret"]
    assert (house.autotask.zones_asked, len(house.autotask.sign_ins)) == (asked, 1)


async def test_the_stored_secret_does_not_follow_a_zone_that_has_changed_unasked(
    house: House,
) -> None:
    await house.connect()
    house.autotask.zone = Zone(ZONE_4, "UK")
    sign_ins = len(house.autotask.sign_ins)

    told = errors(await edit(house, integration_code=OTHER_CODE))
    assert "this is webservices4.autotask.net" in told["secret"]
    assert len(house.autotask.sign_ins) == sign_ins
    assert isinstance(await edit(house, secret=OTHER_SECRET), Connected)
    assert house.autotask.sign_ins[-1].origin == ZONE_4


@pytest.mark.parametrize("url", ["", ZONE_3.address])
async def test_nothing_new_is_told_and_sends_nothing(house: House, url: str) -> None:
    await house.connect()
    asked = house.autotask.zones_asked

    assert "Nothing new was typed" in errors(await edit(house, url=url))["secret"]
    assert house.autotask.zones_asked == asked


async def test_refused_values_leave_the_old_ones_in_force(house: House) -> None:
    await house.connect()
    old = await house.overview()
    house.autotask.answer = REFUSED

    assert "secret" in errors(await edit(house, integration_code=OTHER_CODE))
    assert await house.overview() == old


async def test_what_cannot_be_sent_is_told_on_its_field_alone(house: House) -> None:
    await house.connect()

    assert set(errors(await edit(house, secret="käse"))) == {"secret"}


async def test_advice_is_about_what_was_typed_alone(house: House) -> None:
    await house.connect()
    doubt = await edit(house, integration_code=VALUES["username"])

    assert isinstance(doubt, Doubtful)
    assert set(doubt.advice) == {"integration_code"}


async def test_typing_the_stored_secret_elsewhere_does_not_tell_that_it_is_the_one(
    house: House,
) -> None:
    """Else the form would confirm a guess without a sign-in."""
    await house.connect(secret="Tr0ub4dor-and-3")
    house.autotask.answer = REFUSED

    told = errors(await edit(house, integration_code="Tr0ub4dor-and-3"))
    assert "another field" not in str(told)


async def test_a_stored_value_that_cannot_be_opened_is_asked_for(house: House) -> None:
    await house.connect()
    await _break(house)

    told = errors(await edit(house, secret=OTHER_SECRET))
    assert set(told) == {"username", "integration_code"}
    assert Tampered().message in told["username"]


async def test_with_all_three_typed_what_is_stored_need_not_be_opened(house: House) -> None:
    await house.connect()
    await _break(house)

    assert isinstance(await edit(house, **VALUES), Connected)


async def test_the_age_of_a_secret_that_was_kept_goes_on(house: House) -> None:
    await house.connect()
    before = (await house.overview()).connection
    await house.ports.workspaces.name_managers("T1", ["U2"], by="U1", at=house.clock.now())
    house.clock.pass_(days=3)
    await edit(house, BOB, integration_code=OTHER_CODE)
    kept = (await house.overview()).connection
    assert (kept.connected_at, kept.connected_by) == (before.connected_at, "U1")

    await edit(house, BOB, secret=OTHER_SECRET)
    renewed = (await house.overview()).connection
    assert (renewed.connected_at, renewed.connected_by) == (house.clock.now(), "U2")


async def test_another_workspace_cannot_use_what_it_cannot_see(house: House) -> None:
    await house.connect()

    with pytest.raises(NoSuchConnection):
        await edit(house, MALLORY, integration_code=OTHER_CODE)


async def test_an_unknown_stored_username_is_told_on_its_field(house: House) -> None:
    await house.connect()
    house.autotask.zone = UNKNOWN

    assert "username" in errors(await edit(house, secret=OTHER_SECRET))


async def _break(house: House) -> None:
    """Somebody with the database in hand flips a bit of what is sealed."""
    async with house.database.write() as transaction:
        blob = (await transaction.execute(select(connections.c.sealed))).scalar_one()
        flipped = blob[:-1] + bytes([blob[-1] ^ 1])
        await transaction.execute(update(connections).values(sealed=flipped))
