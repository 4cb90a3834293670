"""The structure that a newcomer relies on: an order of packages, folders that can be read, one class name one thing."""

from scripts.structure import circles, crowded, imports, modules, shared_class_names

MOST_MODULES = 25
"""In one folder."""

GONE = ("house_", "worded_anew", "adding_up", "chat_door", "marks", "shelves", "piles", "coming_back")
"""Names of modules that the glossary replaced (docs/glossary.md)."""

FOUND = modules()


def test_no_modules_import_each_other() -> None:
    assert circles(imports(FOUND)) == []


def test_every_folder_can_be_read() -> None:
    assert {folder: many for folder, many in crowded(FOUND).items() if many > MOST_MODULES} == {}


def test_one_class_name_is_one_thing() -> None:
    assert shared_class_names(FOUND) == {}


def test_words_that_the_glossary_replaced_do_not_come_back() -> None:
    assert [name for name in FOUND if any(old in name.rpartition(".")[2] for old in GONE)] == []
