"""A folder of another language: what it has is said in it, all else in Persian; what cannot be used is refused."""

from pathlib import Path

import pytest

from domain.messages.catalogue import Catalogue, load_shipped_texts
from domain.messages.records import MessageClass
from domain.messages.translations import Translation, TranslationError, read_translation
from domain.values.languages import PERSIAN, in_language

LANGUAGE = '[language]\ntitle = "Xhosa"\n'


def write_folder(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")
    return folder


def read(folder: Path, **files: str) -> Translation:
    return read_translation("xx", write_folder(folder, **{"language": LANGUAGE} | files))


def test_a_strangers_folder_with_three_texts_is_a_language(tmp_path: Path) -> None:
    texts = """
    [units]
    rial = "R"
    [sms]
    unknown = "We did not understand."
    [services.machinery.notices]
    pay = "Paid: {code}."
    """
    catalogue = Catalogue(load_shipped_texts().values(), translations=[read(tmp_path, texts=texts)])
    persian, [other] = Catalogue.load(), [entry.language for entry in catalogue.translations]
    assert (other.tag, other.title, other.direction, other.month_names) == ("xx", "Xhosa", "ltr", PERSIAN.month_names)
    with in_language(other):
        assert catalogue.text("units.rial") == "R"
        receipt = catalogue.render_message("services.machinery.notices.pay", {"code": "123"})
        assert (receipt.text, receipt.cls) == ("Paid: 123.", MessageClass.RECEIPT), "the class is the Persian text's"
        own_keys = {"sms.unknown", "in_chat.sms.unknown", "units.rial", receipt.key}  # in chats what it says elsewhere
        differing = [key for key in persian.list_keys() if key not in own_keys]
        assert [key for key in differing if catalogue._find_leaf(key) != persian._find_leaf(key)] == []
    assert catalogue.text("units.rial") == "ریال"


def test_a_changed_persian_text_shows_where_a_language_has_none_of_its_own(tmp_path: Path) -> None:
    catalogue = Catalogue(load_shipped_texts().values(), translations=[read(tmp_path, texts='[units]\nrial = "R"')])
    catalogue.apply_overrides({"units.rial": "تومان", "units.hour": "س"})
    with in_language(catalogue.translations[0].language):
        assert (catalogue.text("units.rial"), catalogue.text("units.hour")) == ("R", "س")


def test_a_language_is_found_by_its_tag_and_else_is_the_first(tmp_path: Path) -> None:
    catalogue = Catalogue(load_shipped_texts().values(), translations=[read(tmp_path)])
    assert catalogue.is_multilingual
    assert [catalogue.find_language(tag).tag for tag in ("xx", "fa", "de", None)] == ["xx", "fa", "fa", "fa"]
    assert not Catalogue.load().is_multilingual


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"language": "[language]"}, "title"),
        ({"language": f'{LANGUAGE}direction = "up"'}, "direction"),
        ({"language": f'{LANGUAGE}digits = "roman"'}, "digits"),
        ({"language": f'{LANGUAGE}month_names = ["Jan"]'}, "month_names are 12"),
        ({"language": f"{LANGUAGE}colour = 1"}, "colour"),
        ({"texts": "[sms"}, "texts.toml"),
    ],
)
def test_a_folder_that_cannot_be_used_says_why(tmp_path: Path, files: dict[str, str], reason: str) -> None:
    with pytest.raises(TranslationError, match=reason):
        read(tmp_path, **files)


@pytest.mark.parametrize("tag", ["de", "../fa", "fa/..", ""])
def test_a_language_without_a_folder_is_not_offered(tag: str) -> None:
    with pytest.raises(TranslationError):
        Catalogue.load(language_tags=("fa", tag))
