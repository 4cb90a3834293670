"""The font of the first visit holds what the style sheet says of it, and that is what Persian pages are written in."""

import re
from pathlib import Path

from fontTools.ttLib import TTFont

from channels.web import site
from domain.messages.catalogue import Catalogue
from scripts.portal_font import CHARACTERS, list_code_points

STATIC = Path(site.__file__).parent / "static"
SMALL = "vazirmatn-persian.woff2"


def test_the_style_sheet_names_the_characters_of_the_font() -> None:
    style = (STATIC / "site.css").read_text("utf-8")
    faces = re.findall(r"@font-face \{(.*?)\}", style, re.DOTALL)
    assert SMALL in faces[-1], "the last face of a range counts"
    assert f"unicode-range: {CHARACTERS};" in faces[-1]
    assert set(list_code_points()) <= set(TTFont(STATIC / SMALL).getBestCmap()) | {0x2066, 0x2067, 0x2068, 0x2069}


def test_the_pages_are_written_in_its_characters() -> None:
    catalogue = Catalogue.load()
    prefixes = ("web.home.", "web.service.", "web.ways.", "web.site.", "portal.", "services.", "phases.")
    texts = [
        catalogue.text(key) for prefix in prefixes for key in catalogue.list_keys(prefix) if _is_text(catalogue, key)
    ]
    strange = {letter for text in texts for letter in text if ord(letter) not in set(list_code_points()) | {0x0A}}
    assert strange == set()


def test_it_is_small() -> None:
    assert (STATIC / SMALL).stat().st_size < 34_000


def _is_text(catalogue: Catalogue, key: str) -> bool:
    try:
        catalogue.text(key)
    except TypeError:
        return False
    return True
