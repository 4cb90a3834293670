"""Who calls, when proxies stand in front: nothing that the caller wrote is believed."""

from ipaddress import ip_network

import pytest

from app.proxies import client_of

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("5.6.7.8", ["1.1.1.1"], "5.6.7.8"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["5.6.7.8"], "5.6.7.8"),
        ("::1", ["5.6.7.8"], "5.6.7.8"),
        ("10.0.0.1", ["1.1.1.1, 5.6.7.8"], "5.6.7.8"),
        ("10.0.0.1", ["1.1.1.1, 5.6.7.8, 10.0.0.2"], "5.6.7.8"),
        ("10.0.0.1", ["1.1.1.1", "5.6.7.8"], "5.6.7.8"),
        ("10.0.0.1", ["1.1.1.1, nonsense"], "10.0.0.1"),
        (None, ["1.1.1.1"], None),
    ],
)
def test_the_caller_is_the_last_address_that_is_not_ours(
    peer: str | None, forwarded: list[str], client: str | None
) -> None:
    assert client_of(peer, forwarded, TRUSTED) == client
