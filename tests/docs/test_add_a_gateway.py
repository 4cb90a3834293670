"""`docs/add-a-gateway.md`, followed in a copy of the project; the contract suite runs over the new gateway there."""

import pytest

from tests.support.project_copy import ProjectCopy, list_blocks

NEW_FILES = ("payments/sahel.py", "tests/fakes/sahel_bank.py")
REGISTRY, BANKS = "payments/__init__.py", "tests/contracts/gateways/banks.py"


@pytest.fixture(scope="module")
def project_copy(tmp_path_factory: pytest.TempPathFactory) -> ProjectCopy:
    """The project, copied, with the page applied to it."""
    copy = ProjectCopy.make(tmp_path_factory.mktemp("copy") / "project")
    apply_page(copy)
    return copy


def apply_page(copy: ProjectCopy) -> None:
    """Do what the page says: the gateway, its line, its bank, and its line in the contract suite."""
    blocks = dict(list_blocks("add-a-gateway.md"))
    for path in NEW_FILES:
        copy.add_file(path, blocks[path])
    imported, _, registered = blocks[f"{REGISTRY} (change)"].partition("\n\n")
    copy.insert_before(REGISTRY, "from payments.saman import", imported)
    copy.insert_before(REGISTRY, '        "saman": SamanSettings,', registered.rstrip())
    imported, builder, registered = blocks[f"{BANKS} (change)"].split("\n\n")
    for anchor, line in zip(("from payments.saman", "from tests.fakes.saman_bank"), imported.splitlines(), strict=True):
        copy.insert_before(BANKS, anchor, line)
    copy.insert_before(BANKS, "FAKE_BANKS: Mapping", f"{builder}\n\n")
    copy.insert_before(BANKS, '    "saman": FakeBank(', registered.rstrip())


def test_one_file_and_one_line_are_touched(project_copy: ProjectCopy) -> None:
    assert list(project_copy.list_changed()) == [REGISTRY, NEW_FILES[0]]


def test_its_settings_are_known_and_checked(project_copy: ProjectCopy) -> None:
    ended = project_copy.check(PISHKHAN_PAYMENTS__GATEWAY="sahel")
    assert "PISHKHAN_PAYMENTS__SAHEL__API_KEY is not set" in ended.err + ended.out
    ended = project_copy.check(PISHKHAN_PAYMENTS__GATEWAY="sahel", PISHKHAN_PAYMENTS__SAHEL__API_KEY="7d1f4b0c2e9a4f6d")
    assert "PAYMENTS" not in ended.err + ended.out
    ended = project_copy.check(PISHKHAN_PAYMENTS__SAHEL__BASE_URL="http://pay.sahel.example")
    assert "PISHKHAN_PAYMENTS__SAHEL__BASE_URL: " in ended.err + ended.out


def test_it_keeps_the_contract_of_gateways(project_copy: ProjectCopy) -> None:
    """Its tests of the suite, and that every gateway has a bank."""
    assert project_copy.run_tests("tests/contracts/gateways", "-k", "sahel or every_gateway") > 40
