from datetime import timedelta

import pytest

from bot.domain.observation import FailedLogins
from tests.store.cast import NOW, Store

LATER = NOW + timedelta(minutes=15)
NONE = FailedLogins()


async def book(store: Store, *, at: object = NOW) -> str:
    assert at is NOW or at is LATER
    moment = NOW if at is NOW else LATER
    expected = await store.logins.so_far("digest", at=moment)
    booking = await store.logins.begin("digest", expected=expected, at=moment)
    assert booking
    return booking


async def test_a_sign_in_is_on_the_books_before_the_answer(store: Store) -> None:
    await book(store)

    assert await store.logins.so_far("digest", at=NOW) == FailedLogins(pending=1)
    assert await store.logins.so_far("another", at=NOW) == NONE


async def test_only_one_of_two_may_sign_in(store: Store) -> None:
    assert await store.logins.begin("digest", expected=NONE, at=NOW)
    assert not await store.logins.begin("digest", expected=NONE, at=NOW)


@pytest.mark.parametrize(("refusals", "after"), [(1, 1), (2, 2), (0, 0), (None, 0)])
async def test_the_books_are_settled_by_what_was_refused(
    store: Store, refusals: int | None, after: int
) -> None:
    await store.logins.settle(await book(store), refusals=refusals)

    assert (await store.logins.so_far("digest", at=NOW)).in_a_row == after


async def test_refusals_add_up_until_one_is_accepted(store: Store) -> None:
    for refusals, so_far in ((1, 1), (2, 3), (None, 3), (0, 0)):
        await store.logins.settle(await book(store), refusals=refusals)

        assert (await store.logins.so_far("digest", at=NOW)).in_a_row == so_far


async def test_a_booking_settles_once_and_for_nobody_else(store: Store) -> None:
    """One that is taken back must not take another's refusal with it."""
    first = await book(store)
    second = await book(store)
    await store.logins.settle(first, refusals=None)
    await store.logins.settle(second, refusals=1)
    await store.logins.settle(first, refusals=None)
    await store.logins.settle(second, refusals=1)

    assert await store.logins.so_far("digest", at=NOW) == FailedLogins(1, NOW)


async def test_a_sign_in_that_nobody_settles_counts_as_refused_after_a_minute(
    store: Store,
) -> None:
    await book(store)

    assert await store.logins.so_far("digest", at=LATER) == FailedLogins(1, NOW)
    await store.logins.settle(await book(store, at=LATER), refusals=0)
    assert await store.logins.so_far("digest", at=LATER) == NONE
