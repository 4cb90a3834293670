"""Somebody of the staff in a browser of a bench: let in with a made password, which is changed at the first sign-in."""

import re

from aiohttp import ClientSession

OWN_PASSWORD = "green lamp over water"  # noqa: S105 - of a server that lives for one bench
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')


async def sign_in(browser: ClientSession, address: str, username: str, password: str = OWN_PASSWORD) -> None:
    """Sign in at the site under that address; the bench ends where that is refused."""
    await _sent(browser, f"{address}/staff/sign-in", {"username": username, "password": password})


async def first_sign_in(browser: ClientSession, address: str, username: str, made: str) -> None:
    """Sign in with a made password and set the own one."""
    await sign_in(browser, address, username, made)
    async with browser.get(f"{address}/staff/account") as answer:
        found = _CSRF.search(await answer.text())
    if not found:
        raise SystemExit(f"{username} has no page of the own account: {answer.status}")
    changed = {"proof_password": made, "new_password": OWN_PASSWORD, "again": OWN_PASSWORD}
    await _sent(browser, f"{address}/staff/account/password", {"csrf": found[1], **changed})


async def _sent(browser: ClientSession, address: str, form: dict[str, str]) -> None:
    async with browser.post(address, data=form, allow_redirects=False) as answer:
        if answer.status != 303:
            raise SystemExit(f"{address} was answered {answer.status}: {(await answer.text())[-500:]}")
