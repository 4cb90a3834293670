"""Machine types of the fleet, as they are typed and misspelt.

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
