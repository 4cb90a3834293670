"""Vocabulary of what people ask for: machine types and kinds of expert opinion, as they are typed and misspelt.

The keys are the identifiers of channels.md. Spacing, joiners and letters that keyboards confuse need no entries.
"""

MACHINE_NAMES: dict[str, tuple[str, ...]] = {
    "loader": ("لودر", "لودور", "لدر", "لودرها", "لودر چرخ لاستیکی", "لودر چرخ زنجیری", "loader", "loaders", "loder"),
    "grader": ("گریدر", "گردر", "گیریدر", "گرایدر", "گریدر راهسازی", "grader", "graders", "greyder", "gereyder"),
    "excavator": (
        "بیل مکانیکی", "بیل میکانیکی", "بیل مکانیک", "بیل مکانکی", "بیل های مکانیکی", "بیل", "مینی بیل",
        "مینی بیل مکانیکی",
        "بیل مکانیکی چرخ زنجیری", "بیل مکانیکی چرخ لاستیکی", "بیل زنجیری", "اکسکاواتور", "اکسکاویتور", "excavator",
        "excavators", "bil mekaniki", "bil", "digger",
    ),
    "backhoe": (
        "بکهو", "بک هو", "بکهو لودر", "بک هو لودر", "بکو", "بکو لودر", "بیل بکهو", "بیل بک هو", "بک هول", "بکهول",
        "بهکو",
        "backhoe", "backhoe loader", "backhoes", "bakho", "bekho",
    ),
    "bulldozer": (
        "بولدوزر", "بلدوزر", "بولدزر", "بلدزر", "بولدوزور", "بلدوزور", "بولدوذر", "دوزر", "bulldozer", "bulldozers",
        "buldozer",
        "boldozer", "dozer",
    ),
    "roller": (
        "غلتک", "غلطک", "قلتک", "قلطک", "غلتگ", "غلتک راهسازی", "غلطک راهسازی", "غلتک لرزشی", "غلتک آسفالت", "roller",
        "rollers",
        "ghaltak", "galtak", "road roller",
    ),
    "dump_truck": (
        "کمپرسی", "کمپرس", "کمپرسى", "کامیون کمپرسی", "کامیون", "کمپرسی ده تن", "دامپتراک", "دامپ تراک", "دامپر",
        "تک کمپرسی",
        "جفت کمپرسی", "کومپرسی", "dump truck", "dump trucks", "dumper", "tipper", "truck", "trucks", "kompresi",
        "komperesi",
    ),
    "crane": (
        "جرثقیل", "جرسقیل", "جرصقیل", "جرثغیل", "جرثقال", "جراثقال", "جرثقيل", "جرثقیل سقفی", "کرین", "تاور کرین",
        "crane",
        "cranes", "jarsaghil", "jaresaghil",
    ),
    "water_tanker": (
        "تانکر", "تانکر آب", "تانکر آبپاش", "تانکر آب پاش", "تانکر آبرسان", "تانکر آبرسانی", "تانگر", "تانکر آب رسان",
        "تانکرآب",
        "آبپاش", "ماشین آبپاش", "ماشین آب پاش", "کامیون آبپاش", "کامیون آب پاش", "کامیون تانکر", "تنکر", "tanker",
        "water tanker",
        "tankers", "water tankers", "water truck", "tanker ab",
    ),
    "skid_loader": (
        "مینی لودر", "مینی لدر", "مینیلودر", "بابکت", "بابکد", "باب کت", "بوبکت", "بابکات", "اسکید لودر", "اسکید",
        "اسکید استیر",
        "skid loader", "skid loaders", "skid steer", "skid steer loader", "skid", "bobcat", "mini loader", "babkat",
    ),
}  # fmt: skip
"""Machine types of the fleet to start with."""

EXPERT_KINDS: dict[str, tuple[str, ...]] = {
    "valuation": (
        "ارزیابی", "ارزش گذاری", "ارزش گزاری", "ارزشیابی", "قیمت گذاری", "تعیین ارزش",
        "تعیین قیمت", "valuation", "appraisal", "evaluation", "arzyabi",
    ),
    "subdivision": (
        "تفکیک", "تفکیکی", "افراز", "تفکيک", "تفکیگ", "تقسیم زمین", "تقسیم ملک", "subdivision", "division",
        "split", "tafkik",
    ),
    "building_permit": (
        "پروانه ساخت", "پروانه ساختمان", "پروانه ساختمانی", "پروانه ساز", "جواز ساخت", "جواز ساختمان", "جواز ساختمانی",
        "مجوز ساخت", "مجوز ساختمان", "مجوز ساختمانی", "صدور پروانه", "صدور پروانه ساخت", "صدور پروانه ساختمان",
        "صدور پروانه ساختمانی", "صدور جواز", "building permit", "permit", "building", "parvane",
    ),
    "completion": (
        "پایان کار", "پایان کار ساختمانی", "گواهی پایان کار", "صدور پایان کار", "پایانکاری", "پایان ساخت",
        "completion", "completion certificate", "certificate of completion", "final certificate", "payan kar",
    ),
    "boundary": (
        "تعیین حدود", "تعین حدود", "تعیین حد", "تحدید حدود", "حدود اربعه", "حد و حدود",
        "مرز زمین", "مرز ملک", "حد و مرز", "حد و مرز زمین", "حد و مرز ملک", "تعیین مرز",
        "تعیین بر و کف", "boundary", "boundaries", "hodud", "hodood",
    ),
    "tree_felling": (
        "قطع درخت", "قطع درختان", "قطع درختها", "قطع کردن درخت", "بریدن درخت", "قطع اشجار", "قطع شجر", "tree felling",
        "felling",
        "tree cutting", "cut tree", "tree removal", "ghate derakht",
    ),
}  # fmt: skip
"""Kinds of expert opinion in words that mean nothing else wherever they are."""

EXPERT_KINDS_IN_SHORT: dict[str, tuple[str, ...]] = {
    "valuation": ("ارزش", "قیمت", "value"),
    "building_permit": ("پروانه", "جواز", "مجوز"),
    "completion": ("پایان", "پایانکار"),
    "boundary": ("حدود", "حد"),
    "tree_felling": ("درخت", "درختان", "اشجار", "هرس درخت", "هرس درختان", "tree", "trees"),
    "other": ("سایر", "سایر موارد", "دیگر", "موارد دیگر", "متفرقه", "غیره", "others", "other", "sayer"),
}
"""Kinds in words that a description uses too: read as a kind only where a part of the message begins."""
