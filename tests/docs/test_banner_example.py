"""`docs/examples/banner_permit`, copied into a copy of the project: one folder, and the service is offered."""

import shutil

import pytest

from tests.docs.test_add_a_service import ROOMS, ROOT, House

FOLDER = ROOT / "docs" / "examples" / "banner_permit"
CITIZEN = "09121234567"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The project's packages, copied, with the folder of the example."""
    made = House(tmp_path_factory.mktemp("house"))
    unwanted = shutil.ignore_patterns("__pycache__")
    for room in ROOMS:
        shutil.copytree(ROOT / room, made.root / room, ignore=unwanted)
    shutil.copytree(FOLDER, made.root / "domain" / "services" / FOLDER.name, ignore=unwanted)
    return made


def test_the_folder_alone_makes_the_service(house: House) -> None:
    assert house.cli("check")["faults"] == []
    wsdl = house.run("soap", "wsdl").out
    assert wsdl.count('operation name="SubmitBannerPermit"') == 3
    assert wsdl.count('name="BannerPermitWidthMetres"') == 1
    house.cli("migrate")
    assert "کد رهگیری" in house.says("۳ بنر ۲٫۳۵ در ۱٫۲۵ متر از شنبه ۷ روز خیابان امام")
    [request] = house.cli("request", "list", "--mobile", CITIZEN)
    shown = house.cli("request", "show", request["code"])
    assert (shown["fields"]["banners"], shown["fields"]["width"]) == (3, "2.35")
    price = ("--for", "street_class=main", "--rate", "12000", "--unit", "square_metre_day", "--as", "revenue")
    house.cli("staff", "add", "revenue", "--role", "revenue")
    house.cli("tariff", "add", "banner_permit", *price)
    quoted = house.cli("tariff", "quote", "banner_permit", "--for", "street_class=main", "--units", "2.76")
    assert (quoted["lines"][0]["asked"], quoted["subtotal"]) == (2.76, 33_120)
