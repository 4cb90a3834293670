"""Bill of materials of a release: a software bill of materials (CycloneDX 1.6, JSON), out of the lock files.

`python -m scripts.sbom FILE` writes it, `make sbom` into `dist/`; every wheel bears it in its `.dist-info/sboms/` (PEP
770), since the build calls this module as its hook. It names what `requirements.lock` installs, with the markers under
which it does and who asks for whom, and the style sheets, scripts and fonts of the sites (`package-lock.json`). The
same lock files make the same bytes, so two releases can be compared.
"""

import base64
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent.parent
SPECIFICATION_VERSION = "1.6"
FILE_NAME = "pishkhan.cdx.json"

TEST_ASSETS = frozenset({"axe-core"})
"""Locked packages of which nothing is in a release."""

_PINNED = re.compile(r"(?P<name>[a-z0-9.-]+)(\[[a-z0-9,-]+\])?==(?P<version>\S+)( ; (?P<marker>.*?))? \\")
_ASKED_BY = re.compile(r"    #(?: via|  ) (?: )?(?P<asker>[A-Za-z0-9._-]+)")


def build_bill(root: Path = ROOT) -> dict[str, Any]:
    """Return the bill of materials of this source tree."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    own_reference = f"pkg:pypi/{project['name']}@{project['version']}"
    libraries, dependencies = _read_python_lock((root / "requirements.lock").read_text("utf-8"), own_reference)
    assets = list(_read_asset_lock(json.loads((root / "package-lock.json").read_text("utf-8"))))
    own_component = {
        "type": "application",
        "bom-ref": own_reference,
        "name": project["name"],
        "version": project["version"],
        "licenses": [{"license": {"id": project["license"]}}],
        "purl": own_reference,
    }
    dependencies[own_reference] |= {asset["bom-ref"] for asset in assets}
    return {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPECIFICATION_VERSION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION_VERSION,
        "version": 1,
        "metadata": {"component": own_component},
        "components": [*libraries, *assets],
        "dependencies": [
            {"ref": reference, "dependsOn": sorted(needed)} for reference, needed in sorted(dependencies.items())
        ],
    }


def _read_python_lock(lock_text: str, own_reference: str) -> tuple[list[dict[str, Any]], dict[str, set[str]]]:
    """Return the libraries of a lock, and which needs which, by their references."""
    components: list[dict[str, Any]] = []
    asked_by: dict[str, set[str]] = {}
    for line in lock_text.splitlines():
        if pinned := _PINNED.match(line):
            components.append(_describe_library(pinned["name"], pinned["version"], pinned["marker"]))
        elif asker := _ASKED_BY.match(line):
            asked_by.setdefault(components[-1]["name"], set()).add(asker["asker"])
    references = {component["name"]: component["bom-ref"] for component in components}
    dependencies: dict[str, set[str]] = {reference: set() for reference in (own_reference, *references.values())}
    for name, askers in asked_by.items():
        for parent in askers:
            dependencies[references.get(parent, own_reference)].add(references[name])
    return components, dependencies


def _describe_library(name: str, version: str, marker: str | None) -> dict[str, Any]:
    reference = f"pkg:pypi/{name}@{version}"
    component = {"type": "library", "bom-ref": reference, "name": name, "version": version, "purl": reference}
    return component | ({"properties": [{"name": "pip:marker", "value": marker}]} if marker else {})


def _read_asset_lock(lock: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the packages out of which the shipped assets were taken (`make assets`)."""
    for path, package in lock["packages"].items():
        name = path.removeprefix("node_modules/")
        if name and name not in TEST_ASSETS:
            reference = f"pkg:npm/{quote(name)}@{package['version']}"
            algorithm, _, digest = package["integrity"].partition("-")
            yield {
                "type": "library",
                "bom-ref": reference,
                "name": name,
                "version": package["version"],
                "hashes": [{"alg": algorithm.replace("sha", "SHA-"), "content": base64.b64decode(digest).hex()}],
                "licenses": [{"license": {"name": package["license"]}}],
                "purl": reference,
            }


def write_bill(file: Path, root: Path = ROOT) -> None:
    """Write the bill of materials of a source tree into a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(build_bill(root), indent=1, sort_keys=True) + "\n", "utf-8")


class BillOfMaterialsHook(BuildHookInterface):  # type: ignore[type-arg]  # it takes any configuration
    """Puts the bill into each wheel that is to be installed elsewhere."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write it where the wheel's maker takes it from."""
        if version == "standard":
            self._folder = TemporaryDirectory()
            file = Path(self._folder.name) / FILE_NAME
            write_bill(file, Path(self.root))
            build_data["sbom_files"].append(str(file))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take it away again."""
        if version == "standard":
            self._folder.cleanup()


if __name__ == "__main__":
    write_bill(Path(sys.argv[1]))
