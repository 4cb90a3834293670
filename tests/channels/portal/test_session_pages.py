"""«Shared computer»: what is left in a browser after its session was ended there."""

from channels.portal.session_pages import CLEAR_SITE_DATA
from tests.support.portal_citizen import OWN_MOBILE, PORTAL_COOKIE, PortalCitizen

PROVED = f"۰{OWN_MOBILE[3:]}".translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))


async def test_ending_forgets_the_session_and_clears_the_browser(citizen: PortalCitizen) -> None:
    await citizen.prove_mobile()
    assert PROVED in await citizen.get("/session/end")
    token, page = citizen.session_token(), citizen.page
    response = await citizen.post_raw("/session/end", citizen.hidden_values("/session/end"))
    assert (response.status, response.headers["Location"]) == (303, "/session/ended")
    assert response.headers["Clear-Site-Data"] == CLEAR_SITE_DATA
    assert response.cookies[PORTAL_COOKIE]["max-age"] == "0"
    assert citizen.session_token() == ""
    await citizen.get("/session/ended")
    citizen.plant_token(token)
    assert PROVED not in await citizen.get("/session/end"), "the token opens nothing any more"
    citizen.page = page
    assert await citizen.post("/session/end") == "/session/ended", "ended twice is ended"


async def test_a_browser_that_had_no_line_ends_its_session_without_the_token(citizen: PortalCitizen) -> None:
    await citizen.prove_mobile()
    token = citizen.session_token()
    assert (await citizen.post_raw("/session/end", {})).headers["Location"] == "/session/ended"
    citizen.plant_token(token)
    assert PROVED not in await citizen.get("/session/end")


async def test_pages_of_somebody_are_kept_by_no_cache_and_no_search_engine(citizen: PortalCitizen) -> None:
    await citizen.prove_mobile()
    for path in ("/session/end", "/mobile?for=my-requests&next=/", "/mobile/code?for=my-requests&next=/"):
        response = await citizen.client.get(path, headers=citizen.headers)
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-store", path
        assert 'name="robots" content="noindex"' in await response.text()


async def test_a_form_without_the_cookie_takes_none_from_the_browser(citizen: PortalCitizen) -> None:
    """As another site's page sends it, from a browser that says nothing of where a form comes from."""
    await citizen.prove_mobile()
    token = citizen.session_token()
    citizen.client.session.cookie_jar.clear()
    answer = await citizen.post_raw("/session/end", {})
    assert answer.status == 303
    assert not {"Set-Cookie", "Clear-Site-Data"} & set(answer.headers)
    citizen.plant_token(token)
    assert PROVED in await citizen.get("/session/end")
