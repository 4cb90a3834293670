"""Lists of the public contracts name what is there, so that those of two trees can be compared."""

import pytest

from scripts.public_contracts import list_contracts


@pytest.mark.night
def test_each_kind_of_contract_is_listed() -> None:
    lines = list_contracts()
    for line in (
        "setting PISHKHAN_DATABASE__WAIT_TIMEOUT 10.0",
        "command pishkhan request act --as",
        "route GET /staff/requests/{code}",
        "text services.machinery.notices.submit",
        "column requests.code",
        "error not_found",
        "wsdl types/schema/SubmitMachineryRequest ",
    ):
        assert any(one.startswith(line) for one in lines), line
