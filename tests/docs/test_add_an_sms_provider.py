"""`docs/add-an-sms-provider.md`, followed in a copy of the project; the contract suite runs over its provider there."""

import re

import pytest

from channels.sms.providers import PROVIDERS
from scripts.structure import SOURCE_PACKAGES
from tests.support.project_copy import ROOT, ProjectCopy, list_blocks

PAGE = "add-an-sms-provider.md"
NEW_FILES = ("channels/sms/providers/payam.py", "tests/fakes/payam_panel.py")
REGISTRY, PANELS = "channels/sms/providers/__init__.py", "tests/contracts/sms/panels.py"
KEPT = "channels/sms/providers/sms_ir.py"
ANCHORS_OF_ROWS = {
    f"docs/{PAGE}": "| `simulator` | `channels",
    "docs/settings.md": "| `PISHKHAN_SMS__SIMULATOR__SENDER`",
    "docs/testing.md": "| `sms_ir_panel.py` |",
}
"""Page → beginning of the row before which the provider's rows stand."""

pytestmark = pytest.mark.skipif("payam" in PROVIDERS, reason="the page is applied to this copy of the project")


@pytest.fixture(scope="module")
def project_copy(tmp_path_factory: pytest.TempPathFactory) -> ProjectCopy:
    """The project, copied, with the page applied to it."""
    copy = ProjectCopy.make(tmp_path_factory.mktemp("copy") / "project")
    apply_page(copy)
    return copy


def apply_page(copy: ProjectCopy) -> None:
    """Do what the page says: the provider and its line, its panel with the lines for the contract suite, three rows."""
    blocks = dict(list_blocks(PAGE))
    for path in NEW_FILES:
        copy.add_file(path, blocks[path])
    imported, _, registered = blocks[f"{REGISTRY} (change)"].partition("\n\n")
    copy.insert_before(REGISTRY, "from channels.sms.providers.simulator import", imported)
    copy.insert_before(REGISTRY, '        "simulator": SimulatorSettings,', registered.rstrip())
    imported, builder, registered = blocks[f"{PANELS} (change)"].split("\n\n")
    anchors = ("from channels.sms.providers.simulator import", "from tests.fakes.server_faults import")
    for anchor, line in zip(anchors, imported.splitlines(), strict=True):
        copy.insert_before(PANELS, anchor, line)
    copy.insert_before(PANELS, "FAKE_PANELS: Mapping", f"{builder}\n\n")
    copy.insert_before(PANELS, '    "simulator": FakePanel(', registered.rstrip())
    for path, anchor in ANCHORS_OF_ROWS.items():
        copy.insert_before(path, anchor, blocks[f"{path} (change)"].rstrip())


def test_one_file_and_one_line_are_touched(project_copy: ProjectCopy) -> None:
    assert list(project_copy.list_changed()) == [REGISTRY, NEW_FILES[0]]


def test_nothing_but_its_file_and_its_line_names_the_provider_that_is_kept() -> None:
    naming = [
        path.relative_to(ROOT).as_posix()
        for package in SOURCE_PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if re.search(r"sms_ir|SmsIr", path.read_text("utf-8"))
    ]
    assert naming == [REGISTRY, KEPT]


def test_the_parts_that_the_page_shows_are_in_the_file_that_is_kept() -> None:
    parts = [text for title, text in list_blocks(PAGE) if title == f"{KEPT} (part)"]
    source = (ROOT / KEPT).read_text("utf-8")
    assert parts
    assert [part for part in parts if part not in source] == []


def test_its_settings_are_known_and_checked(project_copy: ProjectCopy) -> None:
    webhook = {"PISHKHAN_SMS__PAYAM__WEBHOOK_SECRET": "wh-51c0ffee", "PISHKHAN_SMS__PAYAM__SENDER": "30004505"}
    ended = project_copy.check(PISHKHAN_SMS__PROVIDERS="payam", **webhook)
    assert "PISHKHAN_SMS__PAYAM__API_KEY is not set" in ended.err + ended.out
    webhook["PISHKHAN_SMS__PAYAM__API_KEY"] = "7d1f4b0c2e9a4f6d"
    ended = project_copy.check(PISHKHAN_SMS__PROVIDERS="payam,sms_ir", **webhook)
    faults = re.findall(r"PISHKHAN_SMS\w+ is \w+", ended.err + ended.out)
    assert faults == [f"PISHKHAN_SMS__SMS_IR__{name} is not" for name in ("API_KEY", "SENDER")]


def test_it_keeps_the_contract_of_providers(project_copy: ProjectCopy) -> None:
    """Its tests of the suite, and that every provider has a panel."""
    assert project_copy.run_tests("tests/contracts/sms", "-k", "payam or every_provider") > 30
