"""The sandbox is in use in demo mode, and refused elsewhere as a placeholder secret is."""

from app.checking.faults import find_faults
from app.configuration.settings import Settings
from app.wiring import build_gateways
from payments.sandbox.gateway import SandboxGateway


def test_it_is_the_gateway_of_the_demonstration() -> None:
    built = build_gateways(Settings(demo=True, base_url="http://127.0.0.1:8080/"))
    assert list(built) == ["sandbox"]
    assert isinstance(built["sandbox"], SandboxGateway)
    assert built["sandbox"].form_origins == ("http://127.0.0.1:8080",)


def test_serving_with_it_is_refused_outside_demo_mode() -> None:
    settings = Settings()
    settings.payments.gateway = ("sandbox",)
    assert "PISHKHAN_PAYMENTS__GATEWAY: sandbox takes no money; it is for PISHKHAN_DEMO alone" in find_faults(settings)


def test_links_in_texts_lead_to_the_own_domain_alone() -> None:
    assert Settings().build_policy().site_address == ""
    assert Settings(base_url="https://gomishan.ir/").build_policy().site_address == "https://gomishan.ir"
    assert Settings(demo=True).build_policy().site_address == "http://127.0.0.1:8080"
