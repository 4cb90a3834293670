"""Caller of a request, and whether from inside, when proxies stand in front: nothing that the caller wrote makes him
anybody."""

from ipaddress import ip_network

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from app.security.forwarding import CallOrigin, read_origin
from tests.support.tables import each_row

TRUSTED = (ip_network("10.0.0.1/32"), ip_network("10.0.0.2/32"), ip_network("::1/128"))
SIGNS = (
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "X-Forwarded-Host",
    "x-forwarded-anything",
    "Forwarded",
    "Via",
    "X-Real-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "CF-Ray",
    "AR-Real-IP",
    "X-Client-IP",
    "CDN-Loop",
)


def origin(peer: str | None, *headers: tuple[str, str], http_1_0: bool = False) -> CallOrigin:
    """Origin of a call."""
    return read_origin(peer, CIMultiDictProxy(CIMultiDict(headers)), TRUSTED, http_1_0=http_1_0)


def forwarded(*values: str) -> list[tuple[str, str]]:
    """Lines of X-Forwarded-For."""
    return [("X-Forwarded-For", value) for value in values]


@each_row(
    ("peer", "values", "caller", "own"),
    [
        ("10.0.0.1", ["5.6.7.8"], "5.6.7.8", True),
        ("::1", ["5.6.7.8"], "5.6.7.8", True),
        ("::ffff:10.0.0.1", ["::ffff:5.6.7.8"], "5.6.7.8", True),
        ("10.0.0.1", ["5.6.7.8, 10.0.0.2"], "5.6.7.8", True),
        ("10.0.0.1", ["5.6.7.8", "10.0.0.2"], "5.6.7.8", True),
        ("10.0.0.1", ["2001:db8::1"], "2001:db8::1", True),
        # The caller wrote something himself, or is a proxy that nobody declared: his address may be anybody's.
        ("10.0.0.1", ["1.1.1.1, 5.6.7.8"], "5.6.7.8", False),
        ("10.0.0.1", ["1.1.1.1", "5.6.7.8"], "5.6.7.8", False),
        ("10.0.0.1", [", 5.6.7.8"], "5.6.7.8", False),
        # It names nobody.
        ("10.0.0.1", [], "10.0.0.1", False),
        ("10.0.0.1", [""], "10.0.0.1", False),
        ("10.0.0.1", ["5.6.7.8", ""], "10.0.0.1", False),
        ("10.0.0.1", ["5.6.7.8,"], "10.0.0.1", False),
        ("10.0.0.1", ["unknown"], "10.0.0.1", False),
        ("10.0.0.1", ["5.6.7.8, unknown"], "10.0.0.1", False),
        ("10.0.0.1", ["10.0.0.2"], "10.0.0.1", False),
        ("10.0.0.1", ["10.0.0.1"], "10.0.0.1", False),
    ],
)
def test_a_declared_proxy_names_its_caller_last(peer: str, values: list[str], caller: str, own: bool) -> None:
    assert origin(peer, *forwarded(*values)) == CallOrigin(
        caller, own, is_declared=True, is_nameless=caller == "10.0.0.1"
    )


@each_row("value", ["", "10.9.9.9", "unknown"])
@each_row("name", SIGNS)
def test_every_sign_of_a_proxy_that_nobody_declared_counts(name: str, value: str) -> None:
    assert origin("5.6.7.8", (name, value)) == CallOrigin("5.6.7.8", is_own=False)
    assert origin("5.6.7.8", (name.upper(), value)) == CallOrigin("5.6.7.8", is_own=False)


def test_without_any_sign_the_other_end_is_the_caller() -> None:
    plain = [("Host", "desk"), ("Cookie", "a=b"), ("Accept", "text/html"), ("Sec-Fetch-Site", "same-origin")]
    assert origin("5.6.7.8", *plain) == CallOrigin("5.6.7.8", is_own=True)
    assert origin("5.6.7.8", *plain, http_1_0=True) == CallOrigin("5.6.7.8", is_own=False), (
        "as nginx's plain proxy_pass calls"
    )
    assert not origin("10.0.0.1", *forwarded("5.6.7.8"), http_1_0=True).is_own, "which hands on what its caller wrote"
    assert origin(None) == CallOrigin("", is_own=False)


@each_row("name", ["X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "AR-Real-IP"])
@each_row(("value", "own"), [("5.6.7.8", True), ("1.1.1.1", False), ("", False), ("unknown", False)])
def test_whoever_else_is_named_is_hidden_behind_the_caller(name: str, value: str, own: bool) -> None:
    assert origin("10.0.0.1", *forwarded("5.6.7.8"), (name, value)).is_own is own


@pytest.mark.parametrize(
    ("via", "hops", "own"),
    [
        (["1.1 ours"], "5.6.7.8", True),
        (["1.1 theirs, 1.1 ours"], "5.6.7.8", False),
        (["1.1 theirs", "1.1 ours"], "5.6.7.8", False),
        (["1.1 first, 1.1 second"], "5.6.7.8, 10.0.0.2", True),
    ],
)
def test_a_call_that_went_through_more_proxies_than_are_declared_is_not_the_callers_own(
    via: list[str], hops: str, own: bool
) -> None:
    assert origin("10.0.0.1", *forwarded(hops), *[("Via", value) for value in via]).is_own is own


@each_row(
    ("values", "scheme"),
    [
        (["https"], "https"),
        (["HTTPS"], "https"),
        (["http"], "http"),
        (["https", "https"], "https"),
        ([], ""),
        ([""], ""),
        (["https", "http"], ""),
        (["https, http"], ""),
        (["gopher"], ""),
    ],
)
def test_the_scheme_is_what_all_proxies_agree_on(values: list[str], scheme: str) -> None:
    told = [("X-Forwarded-Proto", value) for value in values]
    assert origin("10.0.0.1", *forwarded("5.6.7.8"), *told).scheme == scheme
    assert origin("10.0.0.1", *told) == CallOrigin("10.0.0.1", False, is_declared=True, is_nameless=True, scheme=scheme)
    assert origin("5.6.7.8", *told).scheme == ""
