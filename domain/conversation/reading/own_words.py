"""Whether a text of the writer's own says plainly what its writer wants now: one judgement for everything that keeps
such a text (a complaint, praise, a comment, a call, the reason of a leave).

What it tells of others may be anything, so no list of what is harmless can be given. It is not plain where it denies,
asks, tells of what its writer did already, jokes, takes something back, only supposes, or brings the wish of somebody
else: then it is shown, and asked about once.
"""

from itertools import pairwise

from domain.conversation.reading.courtesies import read_courtesy
from domain.parsing.negation import Negation, NegationKind, find_negations
from domain.parsing.tokens import Phrases, TokenStream, keys_in, keys_of
from domain.parsing.word_lists import words_of

_QUESTION_WORDS = keys_in("moods.own_words_question_words")
_OF_ALL_OR_NONE = keys_of("هر", "هیچ", "har", "hich")
_SUPPOSING_WORDS = keys_in("moods.supposing_words")
_JOKING_WORDS = keys_in("moods.joking_words")
_JOKING_SIGNS = frozenset("😂🤣😅😆😏🙃😜😝😛😉🤪😹🤡🙄")
_JOKING_FACES = (":))", ";)", ":D", "=))", "xD", ":P", ":-P")
_TAKING_BACK: Phrases[bool] = Phrases({True: words_of("moods.taking_back.yes")})
_REGRETTING_WORDS = keys_in("moods.regretting_words")
_PAST_DEEDS = keys_in("moods.past_deeds")
"""Words for deeds that the writer did already: «شکایت کردم», «مرخصی گرفتم», «زنگ زدم»."""
_OTHERS_DEEDS = keys_in("moods.others_deeds")
"""Pasts that a story about others is made of, and that the reason of what is wanted from now on is not."""
_WANTING_OF_OTHERS = keys_in("moods.wanting_of_others")
_SOMEBODY = keys_in("moods.somebody")
_SAYING = keys_in("moods.saying")
_SETTLED: Phrases[bool] = Phrases({True: words_of("moods.settled.yes")})
"""Phrases that tell that the matter is over, or was none."""
_INSTEAD: Phrases[bool] = Phrases({True: words_of("moods.instead.yes")})
_PRAISING_IDIOMS: Phrases[bool] = Phrases({True: words_of("moods.praising_idioms.yes")})
_REACH_OF_PERSON = 5
_TO_WORDS, _ANYBODY = keys_of("با", "به", "ba", "be"), keys_of("یکی", "مردم")
_FEWEST_NUMBER_DIGITS = 10
_FEWEST_DESCRIBING = 3


def takes_back(stream: TokenStream) -> bool:
    """Return whether a text takes back what its writer sent («شکایتم را پس می‌گیرم»)."""
    return _TAKING_BACK.occurs_in(stream)


def describes_matter(text: str) -> bool:
    """Return whether a text tells of something in a few words: it asks nothing, takes nothing back, greets and insults
    nobody.
    """
    stream = TokenStream(text)
    if stream.read.word_count < _FEWEST_DESCRIBING or read_courtesy(text) or takes_back(stream):
        return False
    return not stream.read.asks and _QUESTION_WORDS.isdisjoint(_list_words(stream))


def is_plain_statement(stream: TokenStream, *, tells_story: bool = True, may_lack: bool = False) -> bool:
    """Return whether a text is a plain statement of its writer's own present wish.

    A text that `tells_story` says what others did; the reason of a wish does not. Where it `may_lack` something, what
    is not, or is not known, is why it is wanted («بلد نیستم، زنگ بزنید»).
    """
    word_keys = _list_words(stream)
    doubtful_words = (
        _QUESTION_WORDS | _SUPPOSING_WORDS | _JOKING_WORDS | _REGRETTING_WORDS | _PAST_DEEDS | frozenset("?؟")
    )
    if not doubtful_words.isdisjoint(word_keys) or (not tells_story and not _OTHERS_DEEDS.isdisjoint(word_keys)):
        return False
    is_doubted = any(phrases.occurs_in(stream) for phrases in (_TAKING_BACK, _SETTLED, _INSTEAD))
    is_for_another = _speaks_for_another(word_keys) or (may_lack and _calls_another(word_keys))
    if is_doubted or is_for_another or _jokes(stream.text):
        return False
    return not any(_denies(stream, negation, may_lack=may_lack) for negation in find_negations(stream.read).verbs)


def _list_words(stream: TokenStream) -> list[str]:
    """Return the words of a text; «هر کدام», «هیچ کی» and the like ask nothing and are left out."""
    raw_words = [stream.raw_at(index) for index in range(len(stream))]
    return [word for before, word in zip(["", *raw_words], raw_words, strict=False) if before not in _OF_ALL_OR_NONE]


def _jokes(text: str) -> bool:
    return not _JOKING_SIGNS.isdisjoint(text) or any(face in text for face in _JOKING_FACES)


def _speaks_for_another(word_keys: list[str]) -> bool:
    """Return whether others want it («همسایه‌ام می‌خواد شکایت کنه», «بابام گفته»); not what a driver says in a story."""
    if not _WANTING_OF_OTHERS.isdisjoint(word_keys):
        return True
    persons = [place for place, word in enumerate(word_keys) if word in _SOMEBODY]
    return any(not _SAYING.isdisjoint(word_keys[place : place + _REACH_OF_PERSON]) for place in persons)


def _calls_another(word_keys: list[str]) -> bool:
    """Return whether somebody else is to be called («با پسرم تماس بگیرید»), and no number of theirs is said."""
    has_number = any(word.isdecimal() and len(word) >= _FEWEST_NUMBER_DIGITS for word in word_keys)
    pairs = pairwise(word_keys)
    return not has_number and any(word in _TO_WORDS and after in _SOMEBODY - _ANYBODY for word, after in pairs)


def _denies(stream: TokenStream, negation: Negation, *, may_lack: bool) -> bool:
    is_idiom = any(end == negation.end for _, _, end in _PRAISING_IDIOMS.find_in(stream))
    return not (is_idiom or (may_lack and (negation.is_lacking or negation.kind is NegationKind.FACT)))
