"""Citizens of a filled database, each told by a number alone, with names as people have them."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from domain.queues.search import format_pairing, split_words
from domain.values.identifiers import display_mobile, parse_national_code

_GIVEN = """
فاطمه علی محمد زهرا حسین رضا مریم مهدی حسن زینب احمد امیر معصومه سعید حمید سکینه مجید محسن خدیجه مسعود ناصر
رقیه نادر هادی سمیه جواد کاظم سمیرا اکبر اصغر سارا عباس داود سحر یوسف یعقوب سپیده ابراهیم اسماعیل ستاره موسی
عیسی شیرین یحیی زکریا شیوا سلیمان ایوب شهلا صالح هاشم نرگس قاسم طاهر نسرین باقر صادق نسترن جعفر نقی نگار تقی
عسکر لیلا بهرام بهروز لاله بهزاد بهنام مینا بابک آرش مینو آرمان کامران مهناز کیوان کوروش مهسا داریوش سیاوش
مژگان سهراب رستم الهام فرهاد فرید الهه فریدون اعظم پرویز اکرم پیمان آنه پویا آیدا شهرام آیناز شهاب
"""
GIVEN = tuple(_GIVEN.split())
"""Given names, the commonest first."""

_FAMILY = """
محمدی حسینی احمدی رضایی مرادی حیدری کریمی موسوی جعفری قاسمی رحیمی ابراهیمی صادقی اکبری هاشمی عباسی نوری محمودی
محمدزاده احمدزاده حسنی حاجتی رضوی مرادزاده کاظمی نوروزی باقری تقوی علوی عنایتی اصغری اسماعیلی یوسفی یعقوبی
سلیمانی صالحی طاهری نادری ناصری سعیدی حمیدی مجیدی محسنی مسعودی داودی زارع زارعی شریفی شریف شفیعی شکری شاهی
شاکری صفری صفایی صدری صدیقی طالبی طالقانی عزیزی عظیمی عسگری عابدی عارفی غفاری غلامی فلاح فلاحی فرجی فروتن فتحی
قربانی قنبری قدیری قادری کمالی کیانی کوهی گلی گنجی لطفی لطیفی ملکی منصوری مظفری معصومی مقدم مهدوی میرزایی نجفی
نظری نعمتی نیکو نیازی وحیدی وکیلی ولایتی همتی یزدانی یاری آقایی آذری آزاد امینی امیری ایزدی ایری اسدی افشار
الهی اردلان بهرامی بهشتی بیات بختیاری پناهی پورمند پیروز توماج ترابی تهرانی ثابتی جلالی جمالی جوادی جهانی
چراغی حاتمی حبیبی خانی خسروی خلیلی خدادادی دهقان دلیری درویشی ذوالفقاری رحمانی رستمی رنجبر
"""
FAMILY = tuple(_FAMILY.split())
"""Names of families, the commonest first."""

COMMONNESS = 0.7
"""The n-th name of a list is borne by 1 / n to this power as many people as the first, as names are."""

APART = 0.7548776662466927, 0.5698402909980532
"""So far apart two citizens are drawn from the lists (powers of the plastic number's inverse): any number of them in a
row has names, and pairs of names, in due proportion.
"""

NUMBERS = 100_000_001, 7_919
"""Start of the first nine digits of national codes, and their distance; so none is invalid."""


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody with a mobile (+989…), a given name, a family's and a national code."""

    mobile: str
    given: str
    family: str
    national: str

    @property
    def name(self) -> str:
        """The full name."""
        return f"{self.given} {self.family}"

    @property
    def words(self) -> dict[str, str]:
        """All that is this citizen's own in rows and texts, the words of the search among it
        (`domain/queues/search.py`).
        """
        given, family = ("".join(split_words(one)) for one in (self.given, self.family))
        return {
            "mobile": self.mobile,
            "spoken": display_mobile(self.mobile),
            "name": self.name,
            "national": self.national,
            "forward": given + family,
            "backward": family + given,
            "given_first": format_pairing(family, given + family),
            "family_first": format_pairing(given, family + given),
            "of_given": format_pairing(given, self.national),
            "of_family": format_pairing(family, self.national),
        }


def citizen(number: int) -> Citizen:
    """Return a citizen; common names come often, as often among the first thousand as among a million."""
    begin, apart = NUMBERS
    code = national_code_of(begin + number * apart % (10**9 - begin))
    given, family = (_borne(names, number * step % 1) for names, step in zip((GIVEN, FAMILY), APART, strict=True))
    return Citizen(f"+98912{number:07}", given, family, code)


def _borne(names: Sequence[str], share: float) -> str:
    """Return the name of whom that share of all people comes before, the commonest names first."""
    return names[bisect(_shares(len(names)), share)]


@cache
def _shares(count: int) -> Sequence[float]:
    """Return which share of the people bear the first name of so many, the first two, and so on."""
    weights = [rank**-COMMONNESS for rank in range(1, count + 1)]
    return [one / sum(weights) for one in accumulate(weights[:-1])]


def national_code_of(first: int) -> str:
    """Return the national code whose first nine digits are this number."""
    body = f"{first:09}"
    total = sum(int(digit) * weight for digit, weight in zip(body, range(10, 1, -1), strict=True)) % 11
    return parse_national_code(body + str(total if total < 2 else 11 - total))


def plate(number: int) -> str:
    """Return the plate of a taxi of the province."""
    return f"{number // 900 % 90 + 10}ت{number % 900 + 100}-59"
