"""Makes the font of the first visit: the letters that Persian pages are written in, in one small file.

    python -m scripts.portal_font FONT.woff2 OUT.woff2

Of the variable Vazirmatn it keeps Persian, the other letters of names here, ASCII and punctuation, in the weights that
the pages have. Whatever else is written comes from the two larger files that the style sheet names, and is only
fetched then; `CHARACTERS` is the range of this file in that style sheet too (`tests/channels/web/test_fonts.py`).
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

CHARACTERS = (
    "U+0020-007E, U+00A0, U+00AB, U+00B7, U+00BB, U+00D7, U+060C, U+061B, U+061F, U+0621-063A, U+0640-0652, U+0654, "
    "U+0660-066C, U+0670, U+067E, U+0686, U+0698, U+06A9, U+06AF, U+06C0, U+06C6-06C7, U+06CC, U+06D5, U+06F0-06F9, "
    "U+200B-200F, U+2013-2014, U+2018-201A, U+201C-201E, U+2022, U+2026, U+2039-203A, U+2066-2069, U+2212"
)
"""Characters in the file, as a style sheet writes them."""

WEIGHTS = (400, 800)
"""The lightest and the heaviest weight of the pages."""


def list_code_points(characters: str = CHARACTERS) -> list[int]:
    """Return the code points of ranges as a style sheet writes them."""
    code_points: list[int] = []
    for part in characters.split(","):
        first, _, last = part.strip().removeprefix("U+").partition("-")
        code_points += range(int(first, 16), int(last or first, 16) + 1)
    return code_points


def make_font(source: Path, target: Path) -> None:
    """Write the small font; its licence is that of the source."""
    font = TTFont(source)
    options = subset.Options()
    options.flavor = "woff2"
    options.hinting = False
    options.layout_features = ["ccmp", "locl", "isol", "init", "medi", "fina", "rlig", "liga", "calt", "mark", "mkmk"]
    options.name_IDs = [0, 1, 2, 13, 14]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=list_code_points())
    subsetter.subset(font)
    subset.save_font(instancer.instantiateVariableFont(font, {"wght": WEIGHTS}), target, options)


if __name__ == "__main__":
    make_font(Path(sys.argv[1]), Path(sys.argv[2]))
