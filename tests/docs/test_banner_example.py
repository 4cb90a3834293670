"""`docs/examples/banner_permit`, copied into a copy of the project: one folder, and the service is offered."""

import pytest

from tests.docs.worked_services import add_banner_permit
from tests.support.project_copy import ProjectCopy

CITIZEN = "09121234567"


@pytest.fixture(scope="module")
def project_copy(tmp_path_factory: pytest.TempPathFactory) -> ProjectCopy:
    """The project, copied, with the folder of the example."""
    copy = ProjectCopy.make(tmp_path_factory.mktemp("copy") / "project")
    add_banner_permit(copy)
    return copy


def test_the_folder_alone_makes_the_service(project_copy: ProjectCopy) -> None:
    run = project_copy.read_demo
    assert run("check")["faults"] == []
    wsdl = project_copy.run_demo("soap", "wsdl").out
    assert wsdl.count('operation name="SubmitBannerPermit"') == 3
    assert wsdl.count('name="BannerPermitWidthMetres"') == 1
    run("migrate")
    answer = project_copy.text_demo(CITIZEN, "۳ بنر ۲٫۳۵ در ۱٫۲۵ متر از شنبه ۷ روز خیابان امام")
    assert "کد رهگیری" in answer
    [request] = run("request", "list", "--mobile", CITIZEN)
    shown = run("request", "show", request["code"])
    assert (shown["fields"]["banners"], shown["fields"]["width"]) == (3, "2.35")
