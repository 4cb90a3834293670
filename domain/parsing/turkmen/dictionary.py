"""Turkmen words as they are typed in Gomishan, by the Persian word that every reader of a message knows.

Each row lists spellings in Latin letters, parted by «|», a few words at most; their Arabic spelling is made of them
(`domain/values/turkmen_script.py`), and only what is typed otherwise is listed too. Diacritics, «sh» for «ş» and the
endings of cases need no entries. A word behind «~» is one of other languages too («on», «bir»): alone it is no sign of
Turkmen. Not yet read by a native speaker.
"""

from collections.abc import Mapping

NUMERALS: Mapping[int, str] = {
    1: "~bir|birinji|بیر", 2: "iki|ikinji", 3: "üç|~üçünji|~اوچ", 4: "dört|dördünji|~دورت", 5: "~bäş|bäşinji|~باش",
    6: "~alty|altynjy", 7: "ýedi|ýedinji", 8: "sekiz|sekizinji", 9: "dokuz|dokuzynjy", 10: "~on|onunjy",
    20: "ýigrimi|ýigriminji", 30: "otuz|otuzynjy", 40: "kyrk", 50: "~elli", 100: "~ýüz",
}  # fmt: skip
"""Numbers; two behind each other are added («on iki»)."""

WEEKDAYS: Mapping[str, str] = {
    "شنبه": "şenbe|şembe|ruhgün",
    "یکشنبه": "ýekşenbe|ýekşembe|bazar güni|dynç güni",
    "دوشنبه": "duşenbe|duşembe|~başgün",
    "سهشنبه": "sişenbe|sişembe|ýaşgün",
    "چهارشنبه": "çarşenbe|çarşembe|hoşgün",
    "پنجشنبه": "penşenbe|penşembe|sogapgün|پنشنبه",
    "جمعه": "anna|anna güni|~juma|annagün|آننا",
}  # fmt: skip
"""Days of the week, Saturday first."""

MONTHS: Mapping[str, str] = {
    "فروردین": "~farwardin", "اردیبهشت": "~ordibeheşt", "خرداد": "~hordad", "تیر": "~tir", "مرداد": "~mordad",
    "شهریور": "~şahriwar", "مهر": "~mehr", "آبان": "~aban", "آذر": "~azer", "دی": "~deý", "بهمن": "~bahman",
    "اسفند": "~esfand|~isfend",
}  # fmt: skip
"""Months of the Persian calendar, which holds here."""

DAYS_AND_HOURS: Mapping[str, str] = {
    "امروز": "şu gün|şugün|bu gün|bugün|şu günki|شوگون|بوگون",
    "فردا": "ertir|ertirki|erte|ertire|ertiriň|ارته|ایرتیر",
    "پسفردا": "birigün|biri gün|ertirden soň|بیرگون|بیری گون",
    "دیروز": "düýn|دوین",
    "روز": "gün|~گون", "روزه": "günlük|~گونلوک", "روزی": "günde|her gün|گونده",
    "هفته": "hepde|hapda", "ماه": "~aý|~آی",
    "آینده": "indiki|geljek|gelýän",
    "بعد": "~soň|soňra",
    "این": "~şu|~bu",
    "ساعت": "sagat|ساقات|سأغات",
    "ساعته": "sagatlyk|sagatlyk iş|ساغاتلیق",
    "دقیقه": "~minut|~دقیقه",
    "صبح": "irden|ir bilen|ir ertir|ertir bilen|~daň bilen|ایردن",
    "ظهر": "günortan|günorta",
    "بعدازظهر": "öýlän|öýleden soň|günortadan soň|اویلان|اؤیلان",
    "عصر": "agşam|agşamara|ikindin|ikindi|آقشام|آخشام",
    "شب": "~gije|~گیجه",
    "نیم": "~ýarym|~yarim", "نیمه": "ýarty",
    "تا": "çenli|~çene|چنلی",
}  # fmt: skip
"""Days, parts of the day, lengths and what links them."""

MACHINES: Mapping[str, str] = {
    "لودر": "~loder|~lodyor|~lader|~لودر", "گریدر": "~greýder|~gireder|~grader|~گریدر",
    "بیل مکانیکی": "~ekskawator|~bil mekaniki|ýer gazyjy|gazyjy", "بولدوزر": "~buldozer|~buldozor|~بولدوزر",
    "بکهو": "~bekho|~bakho", "غلتک": "~katok|~galtak|~غلتک", "کمپرسی": "~kamaz|samoswal|~kompresi|~kompressi|~کمپرسی",
    "جرثقیل": "~kran|~jerrisakyl|~jarsakyl|~جرثقیل",
    "تانکر آب": "suw maşyny|suw tankeri|suw maşyn|~tankeri|~tanker|سو تانکری|~تانکر",
    "مینی لودر": "~mini loder|~babkat|~bobkat|~بابکت",
    "ماشین": "~maşyn|~texnika|tehnika|~ماشین",
}  # fmt: skip
"""Machines; most are called as in Persian, but take endings."""

COMMANDS: Mapping[str, str] = {
    "راهنما": "kömek|kömek gerek|ýardam|görkezme|nähili ulanmaly|کومک",
    "پیگیری": "yzarla|yzarlamak|yz|yzyna düş",
    "وضعیت": (
        "ýagdaý|ýagdaýy|näme boldy|nirede|nähili boldy|ýagdaýy näme|ýagdaýy nähili|näme habar|haýsy ýagdaýda|"
        "nireye ýetdi|nirä ýetdi|دورومی|نمه بولدی|یاغدایی"
    ),
    "درخواستهام": "arzalarym|haýyşlarym|arzalar|meniň arzalarym|sargytlarym|عرضه لریم|عرضه‌لریم",
    "درخواست": "~arza|~arzam|~haýyş|~haýyşym|sargydym|~عرضه|~خواهش",
    "قبض": "~kabz|~gabz|gabzym|hasap kagyzy|töleg kagyzy|gabz belgisi",
    "پرداخت": "töleg|tölemek|töleýin|töläýin|töleg etmek|tölemeli|tölejek|puluny tölejek|پول تؤله‌مک|تولمک|تولگ",
    "تعرفه": "baha|bahasy|bahasy näçe|näçeden|nyrh|nyrhy|~نیره|~نیرهی|nyrhnama|näçe pul|näçä|nache pul|باها|نیرخ",
    "لغو": (
        "goýbolsun|goý bolsun|ýatyr|ýatyryň|ýatyrmak|ýatyraýyň|ýatyrsam|ýatyrsak|ýatyrsyn|ýatyrylsyn|ýatyryp beriň|"
        "ýatyryp beräýiň|~puç|"
        "~iptal|~laghw|قویبولسون|قوی بولسون|قوی بولسین|یاتیر|یاتیرینگ"
    ),
    "لغو نکنید": "ýatyrmaň|ýatyrma|ýatyrmaýyň|ýatyrman|ýatyrmasyn|ýatyrylmasyn|goýbolmasyn|goý bolmasyn",
    "پاسخ": "jogap|jogabym|jogap berýärin|~جواب",
    "نظر": "pikir|~پیکیر|pikirim|teklip|teklibim|~nazar",
    "امتیاز": "bal|baly|~بال|~ball|baha berýärin|baha bermek|bellik",
    "تایید": "tassyklaýaryn|tassykla|tassyklamak|~tassyk|kabul edýärin|~tasdyk|~تصدیق",
    "موافقم": "~razy|men razy|razy men|razydyryn|razylyk",
    "رد": "ret|ret edýärin|kabul etmeýärin|~inkär",
    "مخالفم": "razy däl|razy däl men|men razy däl|garşy|men garşy|razy dal|راضی دأل",
    "انصراف": "çykmak|çyk|çykýaryn|gerek däl men çykýaryn|چیق|چیقماق",
    "نمیدانم": "bilemok|bilmeýärin|bilmedim|bilmeýän", "فرقی ندارد": "parhy ýok|parh ýok|tapawudy ýok",
    "قبلی": "yza|öňki|yzyna|yza gaýt|اؤنگکی",
    "زبان": "dil|dili|dil üýtget|دیل",
    "مرخصی": "dynç|دینچ|dynç alyş|dynç almak|~rugsat|rugsat almak|~raxsat|~رخصت|~مرخصی",
    "پرداخت کردم": "töledim|töledik|töläpdim|puly geçirdim|kart bilen töledim|تولدیم|تؤله‌دیم",
    "عوارض": "salgyt|salgydym|ýyllyk töleg|ýol salgydy|~awarez",
    "تشویق": "öwgi|minnetdarlyk bildirýärin|öwgi bildirýärin|öwmek|öwýärin|minnetdarlyk|alkyş|~taşwik",
    "شکایت": "~şikaýat|şikaýat edýärin|şikaýatym bar|şikaýat bar|nägile|nägilelik|arz edýärin|närazy|şikayat|نأگیله",
    "گزارش": "~habar bermek",
    "کارشناسی": "ekspertiza|bilermen|bilermen baha|hünärmen|~karşenasy",
    "اصالت": "hakykymy|hakykymi|çynmy|dogrumy|aslymy|hakyky|ýasamamy|esaslymy",
    "تماس بگیرید": "jaň ediň|jaň et|jaň etsin|jaň etsinler|gürleşmek isleýärin|gürleşesim gelýär|adam bilen gürleşmek",
    "تماس نگیرید": "jaň etmäň|jaň etme|jaň gerek däl", "تلفن شهرداری": "telefonyňyz|telefon belgiňiz|telefonyňyz näçe",
    "آدرس شهرداری": "salgyňyz|şäherdary nirede|nirede şäherdary", "ساعت کاری": "iş wagty|iş wagtyňyz|haçan açyk",
    "دست کیه": "kimde|kimiň elinde", "چه کسی دید": "kim gördi|kim okady",
    "شبا": "şaba|şeba|şabam|şaba belgi|şaba belgim|hasabym|hasap belgim|hasap belgisi|bank hasabym|شابا|شبام",
    "همه یکجا": "hemmesi|hemmesi bile|barysy|barysy bile|bile tölemek",
}  # fmt: skip
"""Words that call a command or a service, and are not listed with their Persian words because they take endings."""

MATTERS: Mapping[str, str] = {
    "ارزیابی": "bahalamak|baha kesmek|baha kesdirmek", "تفکیک": "bölmek|bölüşdirmek|bölünişik|ýer bölmek",
    "پروانه ساختمان": "gurluşyk rugsady|gurluşyk rugsat|jaý rugsady|jaý gurmak|jaý gurmak rugsady|jaý salmak rugsady",
    "پایان کار": "iş gutardy|jaý gutardy|gurluşyk gutardy|~paýan kar", "تعیین حدود": "çäk kesgitlemek|araçäk|çägi",
    "قطع درخت": "agaç kesmek|agaç çapmak|daragt kesmek", "سایر": "başga|beýleki",
    "کد ملی": "milli kod|milli belgi|~kod milli|ملی کد", "کد پستی": "poçta kod|poçta kody|poçta belgisi|پستی کد",
    "کد نوسازی": "~kod nosazi|nosazi kod", "کد": "~kod|belgi|belgili|kodly", "شماره": "~nomer|~nomeri",
    "پلاک": "~plak|~plaka|pelak", "تاکسی": "~taksi|~taksä|~تاکسی", "تاکسیم": "taksim",
    "ملک": "~mülk", "عدد": "sany", "پیامک": "~sms|habarnama", "قبض پرداخت": "tölegnama",
}  # fmt: skip
"""Kinds, numbers and names of things."""

COURTESIES: Mapping[str, str] = {
    "سلام": "~salam|salawmaleýkim|salawmaleykim|essalawmaleýkim|~salamlar|سالاو مالیکم|سالاوملیکم|سالام",
    "درود": "gowumy|ýagşymy|gurgunmy|ýagdaýlar nähili|ýagşymysyňyz|gowumysyňyz|قورقونمی",
    "ممنون": "sag bol|sag boluň|taňryýalkasyn|minnetdar|köp sag bol|taň ýalkasyn|sagbol|ساغبول|تانگری یالقاسین",
    "لطفا": "tizden tiz|gyssagly|~tiz|haýyş edýärin|haýyş edýäris|haýyşt|~lotfan|soraýaryn|haýyşym bar",
    "محترم": "hormatly|gadyrly", "جناب": "ýoldaş|~aga|~agam", "من": "maňa|~meniň|~men|bize|biziň|~biz|منگا|بیزه|منینگ",
    "لازم": "gerek|gerekdir|gerek boldy|gerekdi|zerur|~derkar|~lazym|گرەک|گره‌ک",
    "میخواهم": (
        "isleýärin|isleýäris|isleýän|isleýärn|almakçy|etmekçi|almak isleýärin|etmek isleýärin|"
        "almaly|aljak|alasym gelýär|ایسله‌یأرین|ایسلیأرین"
    ),
    "بفرستید": "iberiň|iberäýiň|ugradyň|ugrat|ýollaň|iber|ایبرینگ", "بدهید": "beriň|beräýiň|~ber|edip beriň|برینگ",
    "کردن": "etmek|etmegi|etdirmek", "کنید": "ediň|edäýiň|etsin|~et|edip|ادینگ",
    "باشه": "bolýar|bolýa|bolar|bolupdyr|~bolsun",
    "بله": "hawa|howa|~hä|elbetde|dogry|هاوه", "خیر": "ýok|yo'k|یوک",
    "برای": "başlap|üçin|uchin|اوچین", "با": "bilen", "یا": "ýa-da|ýada|~ýa",
    "چطور": "nädip|nähili|nasyl", "میشه": "bolýarmy|bolarmy|mümkinmi|bolmazmy", "اگر": "~eger",
    "و": "~we", "کدام": "haýsy", "میکنم": "edýärin|edýäris", "کجا": "nireden|nirä|nirede tölemeli",
    "هنوز": "entek|heniz", "دیگه": "indi|ýene|اندی", "هست": "~bar|bardyr",
}  # fmt: skip
"""Greetings, wishes, answers and small words."""

PLACES: Mapping[str, str] = {
    "کوچه": "köçe|köçesi|köçäniň", "میدان": "~meýdan", "جنب": "ýanynda|ýany|gapdalynda|gapdaly", "روستا": "~oba|obasy",
    "زمین": "~ýer|meýdanym", "پشت": "arkasynda", "روبروی": "garşysynda|öňünde", "مدرسه": "~mekdep|mekdebiň",
    "مسجد": "~metjit|metjidiň|~mesjit", "جاده": "~ýol|ýoly", "خیابان": "~xiýaban|şaýoly|~hyýaban",
    "پلاک خانه": "öý belgisi",
}  # fmt: skip
"""Words of addresses: they stay in the writer's own text, and tell a place from other words."""

NEGATED_VERBS: Mapping[str, str] = {
    "نمیخواهم": "isle",
    "نکنید": "et|edil|ediberi|ýatyr|tassykla|kabul et|al",
    "نفرستید": "iber|ugrat|ýolla",
    "ندهید": "ber",
    "نشود": "bol",
    "نپردازید": "töle",
    "نیامد": "gel",
}
"""Stems of verbs by the negated verb that they become: «etmäň», «islämok», «iberilmesin»."""

NEGATED_NEEDS: Mapping[str, str] = {
    "لازم نیست": "gerek däl|gerek dal|gerekmejek|gerek bolmaz|gerek ýok|geregi ýok|derkar däl|lazym däl|gerekmez|"
    "گرک دأل|گرک دال|گره‌ک دأل",
    "نیست": "däl|dal|دأل",
    "نکنید": "edäýmäň|etmeli däl|edilmeli däl|etjek däl",
    "نمیخواهم": "islämok|islemok|isleman|islamok|isläm ýok|islegim ýok|ایسله‌مه‌یأرین|ایسلأموق|ایسلموق",
}
"""Refused things, in forms that no rule makes."""
