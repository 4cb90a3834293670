"""Verbs and names of events in all their forms: Persian spoken, written and in Latin letters; Turkmen in both scripts.

The forms are made of stems, so that none is listed by itself. Words are compared folded and put together («می کشه» is
«میکشه»), as `fold_words` gives them.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from domain.parsing.tokens import key_of, keys_of_words
from domain.parsing.turkmen.reading import compare_letters, compare_text_letters
from domain.values.text import fold_text
from domain.values.turkmen_script import write_in_arabic

_WORD = re.compile(r"[^\W\d_]+|[!?؟.؛]")
_LETTERS = str.maketrans("أؤۆۇغآ", "اوووقا")
_DOUBLED = re.compile(r"(و|ی)\1")

_PAST_ENDINGS = "ه م ی یم ید ین ند ن هاند هن هان تش ش هش شون تشون تشان شان همون مون نش نشون نم نمون"
_PRESENT_ENDINGS = "م ی د ه یم ید ین ند ن هش نش دش نشون هشون تش"
_LATIN_PAST_ENDINGS = "e eh am im id an and esh eshoon"
_LATIN_PRESENT_ENDINGS = "e eh ad am im id an and n d m"
_NOUN_ENDINGS = (
    "ی ه م ت ش و ا مون تون شون مان تان شان مو شو مونو شونو رو را ها های هام هاش هامون هاشون ای ام اش یم "
    "یش یه اند ان ست "
)
_SHORT_NOUN_ENDINGS = "م ش مون شون ها ا و رو مو"
"""Of nouns of two letters: with others they are words of their own («آبی»)."""
_LATIN_NOUN_ENDINGS = "e am esh o i mun moon emun emoon esho amo eshun ha"
_TURKMEN_NOUN_ENDINGS = (
    "y i ym im m yň iň ň sy si e a ä ýa ýe da de dan den ny ni ymyz imiz ymy imi üm um ümiz lar ler na ne "
    "ynda inde yna ine ymyzy imizi ymyza imize üme üne "
)
_BACK_VOWELS, _FRONT_VOWELS = "aouy", "äeiöü"
_TURKMEN_ENDINGS = {
    _BACK_VOWELS: "ýar ýarlar ýaryn ýarys ýa dy dylar dym dyk ty yp ypdyr ypdyrlar an up updyr",
    _FRONT_VOWELS: "ýär ýärler ýärin ýäris ýä di diler dim dik ti ip ipdir ipdirler en üp üpdir",
}
_TURKMEN_DENIALS = {
    _BACK_VOWELS: "maýar maýarlar maýaryn mady madylar anok anoklar amok amzok manok mandyr maýa",
    _FRONT_VOWELS: "meýär meýärler meýärin medi mediler enok enoklar emok emzok menok mändir meýä",
}
"""Endings of verbs by the vowels of their stem: as it happens, and as it does not."""
_TURKMEN_INABILITIES = "bilemok bilenok bilemzok bilmeýär bilmeýäris bilmedik"
"""Behind a verb in «yp» they say that one cannot («söndürip bilemok»)."""


class VerbForm(NamedTuple):
    """A verb where it stands in a message."""

    start: int
    end: int
    verb_names: Collection[str]
    """Verbs of the form."""
    is_negated: bool
    is_present: bool


class Verb(NamedTuple):
    """A verb as the table of events names it."""

    name: str
    leading: frozenset[str] = frozenset()
    """The words that it has before it («خاموش شد»), in their spellings."""
    is_negated: bool = False
    is_present: bool = False

    def is_form(self, form: VerbForm) -> bool:
        """Return whether a verb of a message is this one, with or without its negation as it is named."""
        is_same = self.name in form.verb_names and form.is_negated is self.is_negated
        return is_same and (form.is_present or not self.is_present)


@lru_cache(maxsize=64)
def fold_words(text: str) -> list[str]:
    """Return the words of a message, and the marks that end a sentence, as names and verbs are compared with them."""
    return [_fold(word) for word in _WORD.findall(fold_text(text))]


@lru_cache(maxsize=16_384)
def _fold(word: str) -> str:
    return _DOUBLED.sub(r"\1", compare_letters(key_of(word)).translate(_LETTERS))


def _fold_all(forms: Sequence[str]) -> list[str]:
    """Return many forms as `_fold` gives each: at once that takes a fifth of the time, and tables are long."""
    if not forms:
        return []
    compared_letters = compare_text_letters(" ".join(keys_of_words(forms))).translate(_LETTERS)
    return _DOUBLED.sub(r"\1", compared_letters).split(" ")


@lru_cache(maxsize=4096)
def spell_noun(name: str) -> frozenset[str]:
    """Return a name with whatever people put behind it («خونمون»), as it is compared."""
    stem = name.replace("_", "")
    long_endings = _LATIN_NOUN_ENDINGS if stem.isascii() else _NOUN_ENDINGS
    endings = long_endings if len(stem) > 2 else _SHORT_NOUN_ENDINGS
    forms = _fold_all([stem + ending for ending in ("", *endings.split())])
    return frozenset(("".join(map(_fold, name.split("_"))), *forms))


@lru_cache(maxsize=4096)
def spell_turkmen_noun(name: str) -> frozenset[str]:
    """Return a Turkmen name with its endings, in both scripts, as it is compared."""
    stem = name.replace("_", "")
    forms = [stem + ending for ending in ("", *_TURKMEN_NOUN_ENDINGS.split())]
    return frozenset(_fold_all([*forms, *map(write_in_arabic, forms)]))


class VerbForms:
    """The forms of all verbs that a table names, found in messages."""

    def __init__(self, table: Mapping[str, Mapping[str, str]]) -> None:
        """Take the stems of verbs, and how the words that they have before them are typed in Latin letters."""
        self._latin_words = table["latin"]
        self._stems, self._unruly = _part_stems(table["verbs"]), _part_stems(table["unruly_verbs"])
        self._forms: dict[str, tuple[set[str], bool, bool]] = {}
        self._known_names: set[tuple[str, bool]] = set()

    def read(self, name: str, *, in_turkmen: bool = False) -> Verb:
        """Return the verb of a name, and know its forms from now on."""
        is_negated, is_present = name.startswith("!"), name.startswith("~")
        *leading, last = name.lstrip("!~").split("_")
        spell = spell_turkmen_noun if in_turkmen else spell_noun
        leading_name = "_".join(leading)
        leading_names = (leading_name, *self._latin_words.get(leading_name, "").split()) if leading else ()
        if (last, in_turkmen) not in self._known_names:
            self._learn_verb(last, in_turkmen=in_turkmen)
        return Verb(last, frozenset().union(*map(spell, leading_names)), is_negated, is_present)

    def _learn_verb(self, name: str, *, in_turkmen: bool) -> None:
        self._known_names.add((name, in_turkmen))
        forms = list(_spell_turkmen_verb(name) if in_turkmen else self._spell_verb(name))
        for folded_form, (_, negated, present) in zip(_fold_all([form for form, *_ in forms]), forms, strict=True):
            self._forms.setdefault(folded_form, (set(), negated, present))[0].add(name)

    def find_in(self, message_keys: Sequence[str]) -> list[VerbForm]:
        """Return the verbs of a message, the longest at each place."""
        found: list[VerbForm] = []
        for start in range(len(message_keys)):
            for end in range(min(start + 3, len(message_keys)), start, -1):
                form = self._forms.get("".join(message_keys[start:end]))
                if form and not (found and found[-1].end > start):
                    found.append(VerbForm(start, end, *form))
                    break
        return found

    def _spell_verb(self, name: str) -> Iterator[tuple[str, bool, bool]]:
        """Yield the forms of a Persian verb: whether each is negated, and whether it is of the present."""
        if name in self._unruly:
            for forms, negated in zip(self._unruly[name], (False, True), strict=True):
                yield from ((form, negated, True) for form in forms)
            return
        past_stems, present_stems = self._stems.get(name, ((), ()))
        for stem, is_present in (*product(past_stems, (False,)), *product(present_stems, (True,))):
            yield from ((form, negated, is_present) for form, negated in _conjugate(stem, is_present=is_present))
        if name not in self._stems:  # one form of its own («بکشه»)
            yield name, False, True


def _part_stems(rows: Mapping[str, str]) -> Mapping[str, list[list[str]]]:
    return {name: [part.split() for part in row.split("|")] for name, row in rows.items()}


def _conjugate(stem: str, *, is_present: bool) -> Iterator[tuple[str, bool]]:
    """Yield what is made of one stem, and whether it is negated."""
    is_latin = stem.isascii()
    by_tense = (_LATIN_PAST_ENDINGS, _LATIN_PRESENT_ENDINGS) if is_latin else (_PAST_ENDINGS, _PRESENT_ENDINGS)
    prefix, negations = ("mi", ("nemi", "nmi")) if is_latin else ("می", ("نمی",))
    no_past = "na" if is_latin else "نی" if stem[0] == "آ" else "ن"
    for ending in ("", *by_tense[is_present].split()):
        form = stem + ending
        yield prefix + form if is_present else form, False
        yield from ((negation + form, True) for negation in negations)
        if not is_present:
            yield no_past + form.removeprefix("آ"), True


def _spell_turkmen_verb(stem: str) -> Iterator[tuple[str, bool, bool]]:
    last_vowel = next((letter for letter in reversed(stem) if letter in _BACK_VOWELS + _FRONT_VOWELS), "a")
    vowels = _BACK_VOWELS if last_vowel in _BACK_VOWELS else _FRONT_VOWELS
    converbs = [stem + ending for ending in ("yp", "ip", "up", "üp", "p")]
    forms = {
        False: [stem + ending for ending in _TURKMEN_ENDINGS[vowels].split()] + [stem] * (len(stem) > 2),
        True: [stem + ending for ending in _TURKMEN_DENIALS[vowels].split()]
        + [converb + inability for converb in converbs for inability in _TURKMEN_INABILITIES.split()],
    }
    for negated, negated_forms in forms.items():
        yield from ((spelt, negated, True) for form in negated_forms for spelt in (form, write_in_arabic(form)))
