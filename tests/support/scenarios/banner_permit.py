"""The street-banner permit of `docs/examples/banner_permit`: its declaration and texts to the letter, where no copy of
the project has its folder.
"""

import sys
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from domain.language.service import Service

FOLDER = Path(__file__).parents[3] / "docs" / "examples" / "banner_permit"
PACKAGE = "domain.services.banner_permit"
BANNER_TEXTS: dict[str, Any] = tomllib.loads((FOLDER / "texts" / "fa.toml").read_text("utf-8"))


def load_example_module(name: str) -> ModuleType:
    """Load a module of the example under the name that it has in a project; "" is the package itself."""
    full_name, path = (f"{PACKAGE}.{name}", FOLDER / f"{name}.py") if name else (PACKAGE, FOLDER / "__init__.py")
    if full_name in sys.modules:
        return sys.modules[full_name]
    spec = spec_from_file_location(full_name, path, submodule_search_locations=None if name else [str(FOLDER)])
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules[full_name] = module
    spec.loader.exec_module(module)
    return module


def declared_banners() -> Service:
    """Return the example's service."""
    for name in ("", "vocabulary", "registers", "periods", "rules"):
        load_example_module(name)
    service = load_example_module("declaration").__dict__["BANNER_PERMIT"]
    assert isinstance(service, Service)
    return service


BANNERS = declared_banners()
