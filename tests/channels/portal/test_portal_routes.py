"""Every form of the portal, computed from its table of routes: sent by another site, and without its token."""

import re
from collections.abc import Iterator

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, unused_port

from channels.portal.frame import PortalRoute, PortalSubmission
from channels.portal.guard import PORTAL_ROUTES, UNSAFE_METHODS
from channels.web.headers import HTTPS_HOSTS
from channels.web.session import CSRF_HEADER
from tests.support.demo_site import DemoSite
from tests.support.pages.route_addresses import address, plain
from tests.support.portal_citizen import PORTAL_COOKIE, READS_HTML, PortalCitizen

OTHER_CHANNELS = re.compile(r"/(staff|demo|pay|sms|soap|telegram|bale|bank)(/.*)?")
"""Of these the forms are guarded by their own tests; `/pay/…` has no session."""

CROSS_SITE = ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"})


def list_forms(portal: DemoSite) -> Iterator[PortalRoute]:
    return (route for route in portal.app[PORTAL_ROUTES] if route.method in UNSAFE_METHODS)


def fill_address(path: str) -> str:
    """Return an address that a route matches."""
    return address(path, {"key": "machinery", "section": "place", "code": "123456786"}, "1")


async def count_messages(portal: DemoSite) -> int:
    """Return how many messages were ever queued: codes, and whatever a form may lead to."""
    async with portal.store.open_unit(write=False) as uow:
        return len(await uow.outbox.list_recent())


async def test_every_form_of_the_portal_is_behind_the_guard(portal: DemoSite) -> None:
    guarded = {(route.method, plain(route.path)) for route in portal.app[PORTAL_ROUTES]}
    unguarded = [
        (route.method, resource.canonical)
        for resource in portal.app.router.resources()
        if isinstance(resource, web.PlainResource | web.DynamicResource)
        for route in resource
        if route.method in UNSAFE_METHODS and not OTHER_CHANNELS.fullmatch(resource.canonical)
        if (route.method, resource.canonical) not in guarded
    ]
    assert unguarded == []
    assert [route for route in list_forms(portal) if not isinstance(route.handler, PortalSubmission)] == []
    assert len(list(list_forms(portal))) >= 3


async def test_no_form_is_taken_from_another_site(portal: DemoSite, citizen: PortalCitizen) -> None:
    await citizen.prove_mobile()
    await citizen.get("/session/end")
    csrf_token, sent = citizen.hidden_values("/session/end")["csrf"], await count_messages(portal)
    for route in list_forms(portal):
        for headers in CROSS_SITE:
            own_headers = {**citizen.headers, CSRF_HEADER: csrf_token, **headers}
            response = await citizen.client.request(
                route.method, fill_address(route.path), data={"csrf": csrf_token}, headers=own_headers
            )
            assert response.status == 403, (route.path, headers)
    assert await count_messages(portal) == sent
    assert csrf_token in await citizen.get("/session/end"), "the session is still there"


async def test_no_form_is_taken_without_the_session_s_token_and_what_was_typed_is_shown_again(
    portal: DemoSite, citizen: PortalCitizen
) -> None:
    await citizen.prove_mobile()
    await citizen.get("/session/end")
    csrf_token, sent = citizen.hidden_values("/session/end")["csrf"], await count_messages(portal)
    known_step = {"proof_purpose": "my-requests", "proof_return": "/", "proof_mobile": "09350001122"}
    begun_at = portal.clock.at
    tokenless = {route.path for route in list_forms(portal) if not route.bears_token}
    assert tokenless == {"/session/end"}, "it can do no harm"
    for route in (route for route in list_forms(portal) if route.bears_token):
        portal.clock.at = begun_at  # a session that is used for a minute has its cookie renewed
        for token in ("", "0" * 32, csrf_token[:-1], csrf_token.upper() + "x"):
            response = await citizen.client.request(
                route.method,
                fill_address(route.path),
                data={**known_step, "csrf": token},
                headers={**citizen.headers, CSRF_HEADER: token},
                allow_redirects=False,
            )
            assert response.status in {404, 409}, route.path
            assert "Set-Cookie" not in response.headers
    assert await count_messages(portal) == sent
    shown = await citizen.post_raw("/mobile", {**known_step, "csrf": "0" * 32})
    assert 'value="09350001122"' in await shown.text()


async def test_a_session_s_cookie_is_its_host_s_alone_under_tls(portal: DemoSite) -> None:
    port = unused_port()
    portal.app[HTTPS_HOSTS] = {f"127.0.0.1:{port}"}
    form = {"proof_mobile": "09121234567", "proof_purpose": "x", "proof_return": "/"}
    async with TestClient(TestServer(portal.app, port=port)) as client:
        response = await client.post("/mobile", data=form, headers=READS_HTML, allow_redirects=False)
    assert response.status == 303
    cookie = response.cookies[f"__Host-{PORTAL_COOKIE}"]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["domain"], int(cookie["max-age"])) == ("/", "", 30 * 24 * 3600)
    assert response.headers["Strict-Transport-Security"].endswith("includeSubDomains")
