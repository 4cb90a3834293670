"""Citizens of a filled database, each told by a number alone, with names as people have them."""

from dataclasses import dataclass

from domain.people import mobile_shown, national_code
from domain.search import words_in

_GIVEN = """
علی محمد حسین رضا مهدی حسن احمد امیر سعید حمید مجید محسن مسعود ناصر نادر هادی جواد کاظم اکبر اصغر عباس داود یوسف
یعقوب ابراهیم اسماعیل موسی عیسی یحیی زکریا سلیمان ایوب صالح هاشم قاسم طاهر باقر صادق جعفر نقی تقی عسکر بهرام بهروز
بهزاد بهنام بابک آرش آرمان کامران کیوان کوروش داریوش سیاوش سهراب رستم فرهاد فرید فریدون پرویز پیمان پویا شهرام شهاب
فاطمه زهرا مریم زینب معصومه سکینه خدیجه رقیه سمیه سمیرا سارا سحر سپیده ستاره شیرین شیوا شهلا نرگس نسرین نسترن نگار
لیلا لاله مینا مینو مهناز مهسا مژگان الهام الهه اعظم اکرم آنه آیدا آیناز
"""
GIVEN = tuple(_GIVEN.split())
"""Given names."""

_FAMILY = """
محمدی محمودی محمدزاده احمدی احمدزاده حسینی حسنی حاجتی رضایی رضوی مرادی مرادزاده کریمی کاظمی قاسمی هاشمی موسوی نوری
نوروزی جعفری صادقی باقری تقوی علوی عباسی عنایتی اکبری اصغری ابراهیمی اسماعیلی یوسفی یعقوبی سلیمانی صالحی طاهری
نادری ناصری سعیدی حمیدی مجیدی محسنی مسعودی داودی زارع زارعی شریفی شریف شفیعی شکری شاهی شاکری صفری صفایی صدری صدیقی
طالبی طالقانی عزیزی عظیمی عسگری عابدی عارفی غفاری غلامی فلاح فلاحی فرجی فروتن فتحی قربانی قنبری قدیری قادری کمالی
کیانی کوهی گلی گنجی لطفی لطیفی ملکی منصوری مظفری معصومی مقدم مهدوی میرزایی نجفی نظری نعمتی نیکو نیازی وحیدی وکیلی
ولایتی همتی یزدانی یاری آقایی آذری آزاد امینی امیری ایزدی ایری اسدی افشار الهی اردلان بهرامی بهشتی بیات بختیاری
پناهی پورمند پیروز توماج ترابی تهرانی ثابتی جلالی جمالی جوادی جهانی چراغی حاتمی حیدری حبیبی خانی خسروی خلیلی
خدادادی دهقان دلیری درویشی ذوالفقاری رحیمی رحمانی رستمی رنجبر
"""
FAMILY = tuple(_FAMILY.split())
"""Names of families."""

NUMBERS = 100_000_001, 7_919
"""Where the first nine digits of national codes begin, and how far they lie apart; so none is invalid."""


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
        """All that is this citizen's own in rows and texts, the words of the search among it (`domain/search.py`)."""
        given, family = ("".join(words_in(one)) for one in (self.given, self.family))
        return {
            "mobile": self.mobile, "spoken": mobile_shown(self.mobile), "name": self.name, "national": self.national,
            "forward": given + family, "backward": family + given,
        }  # fmt: skip


def citizen(number: int) -> Citizen:
    """Return a citizen. The lists of names have no common divisor: all pairs come before one comes again."""
    begin, apart = NUMBERS
    code = national_code_of(begin + number * apart % (10**9 - begin))
    return Citizen(f"+98912{number:07}", GIVEN[number % len(GIVEN)], FAMILY[number % len(FAMILY)], code)


def national_code_of(first: int) -> str:
    """Return the national code whose first nine digits are this number."""
    body = f"{first:09}"
    total = sum(int(digit) * weight for digit, weight in zip(body, range(10, 1, -1), strict=True)) % 11
    return national_code(body + str(total if total < 2 else 11 - total))
