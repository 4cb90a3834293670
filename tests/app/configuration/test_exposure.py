"""Openings in a configuration are told before anybody finds them."""

from app.configuration.exposure import find_exposures
from app.configuration.sections import StaffSettings
from app.configuration.settings import Settings
from tests.support.tables import each_row

INSIDE, TRUSTED = "PISHKHAN_STAFF__INSIDE_NETWORKS", "PISHKHAN_TRUSTED_PROXIES"
GOOD = {"base_url": "https://desk.example.ir", "trusted_proxies": ["10.20.0.2"]}


def told(inside: str = "10.20.0.0/16", wanted: str = "administrators", **others: object) -> list[str]:
    """Remarks on a configuration."""
    staff = StaffSettings(inside_networks=inside, second_factor_inside=wanted) if inside else StaffSettings()  # type: ignore[arg-type]
    return list(find_exposures(Settings(staff=staff, **{**GOOD, **others})))  # type: ignore[arg-type]  # as from a file


def test_of_a_sound_configuration_nothing_is_told() -> None:
    assert told() == []
    assert told("127.0.0.0/8,10.0.0.0/8", trusted_proxies=["127.0.0.1"]) == []
    assert list(find_exposures(Settings(demo=True))) == []


@each_row(
    ("changed", "said"),
    [
        ({"inside": ""}, f"{INSIDE} is not set: everybody is outside"),
        ({"inside": "0.0.0.0/0"}, f"{INSIDE} has 0.0.0.0/0, which is open to the Internet"),
        ({"inside": "10.0.0.0/8,5.6.0.0/16"}, f"{INSIDE} has 5.6.0.0/16, which is open to the Internet"),
        ({"inside": "127.0.0.1"}, f"{INSIDE} has this machine: what a proxy on it passes on"),
        ({"trusted_proxies": []}, f"{TRUSTED} is not set: whoever comes through a proxy is outside"),
        ({"trusted_proxies": ["::/0"]}, f"{TRUSTED} has ::/0, which is open to the Internet"),
        ({"trusted_proxies": ["10.0.0.0/8"]}, f"{TRUSTED} has 10.0.0.0/8, which is inside too"),
        ({"wanted": "nobody"}, "PISHKHAN_STAFF__SECOND_FACTOR_INSIDE is nobody"),
        ({"host": "0.0.0.0"}, "PISHKHAN_HOST is 0.0.0.0: whoever reaches 0.0.0.0:8080"),  # noqa: S104 - told, not done
        ({"host": "0.0.0.0", "demo": True}, "PISHKHAN_HOST is 0.0.0.0 in demo mode"),  # noqa: S104
    ],
)
def test_what_is_open_is_told(changed: dict[str, object], said: str) -> None:
    assert said in "\n".join(told(**changed))  # type: ignore[arg-type]
