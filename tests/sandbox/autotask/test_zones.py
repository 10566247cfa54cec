"""Where a tenant lives is answered without credentials, by every zone."""

import re

from tests.sandbox.autotask.visitor import Visitor


async def test_any_zone_tells_where_a_user_lives(visitor: Visitor) -> None:
    for zone in (await visitor.state())["zones"]:
        visitor.zone = zone["base_url"]
        answer = await visitor.call(f"zoneInformation?user={visitor.username}", headers={})

        assert answer.status == 200
        assert answer.json["url"] == f"{visitor.first_zone}/ATServicesRest/"
        assert answer.json["zoneName"] == "America East"
        assert set(answer.json) == {"zoneName", "url", "webUrl", "ci"}


async def test_an_unknown_user_has_no_zone(visitor: Visitor) -> None:
    for user in ("?user=nobody@brightwater.example", "?user=", ""):
        answer = await visitor.call("zoneInformation" + user, headers={})

        assert answer.status == 500
        assert answer.json == {"errors": ["Zone information could not be determined"]}


async def test_a_persons_login_has_a_zone_but_does_not_sign_in(visitor: Visitor) -> None:
    person = await visitor.user("human")

    zone = await visitor.call(f"zoneInformation?user={person['username']}", headers={})
    status = await visitor.sign_in(UserName=person["username"], Secret=person["secret"])

    assert (zone.status, status) == (200, 401)
    assert (await visitor.user("human"))["failures"] == 1


async def test_version_2_is_listed_but_not_there(visitor: Visitor) -> None:
    versions = await visitor.call("/atservicesrest/versioninformation", headers={})
    zone = await visitor.call(f"/ATServicesRest/V2.0/zoneInformation?user={visitor.username}")

    assert versions.json == {"apiVersions": ["V1.0", "V2.0"]}
    assert zone.status == 404


async def test_a_moved_database_is_found_at_its_new_zone_and_refused_at_the_old(
    visitor: Visitor,
) -> None:
    state = await visitor.do("move_database", tenant=visitor.company, zone=29)
    new = next(zone["base_url"] for zone in state["zones"] if zone["number"] == 29)

    answer = await visitor.call(f"zoneInformation?user={visitor.username}")
    at_the_old = await visitor.sign_in()
    visitor.zone = new

    assert answer.json["url"] == f"{new}/ATServicesRest/"
    assert (at_the_old, await visitor.sign_in()) == (401, 200)
    assert (await visitor.user())["failures"] == 0


async def test_the_lookup_may_know_whole_domains(visitor: Visitor) -> None:
    await visitor.do("quirk", name="zone_by_domain", value=True)

    stranger = await visitor.call("zoneInformation?user=nobody@brightwater.example")
    elsewhere = await visitor.call("zoneInformation?user=nobody@elsewhere.example")

    assert (stranger.status, elsewhere.status) == (200, 500)


async def test_credentials_have_the_shapes_that_autotask_generates(visitor: Visitor) -> None:
    for tenant in (await visitor.state())["tenants"]:
        user = next(user for user in tenant["users"] if user["kind"] == "api")

        assert re.fullmatch(r"[a-z0-9]{15}@[a-z]+\.example", user["username"])
        assert re.fullmatch(r"[A-Za-z0-9@#$~*]{25}", user["secret"])
        assert re.fullmatch(r"[A-Z2-7]{27}", user["integration_code"])
