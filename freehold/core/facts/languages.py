"""What languages are called that cards name by a code of ISO 639, or by a word of the Hub's."""

from collections.abc import Mapping

from freehold.base.words import later

# fmt: off
LANGUAGES: Mapping[str, str] = {
    "aa": later("Afar"), "ab": later("Abkhazian"), "ae": later("Avestan"), "af": later("Afrikaans"),
    "ak": later("Akan"), "am": later("Amharic"), "an": later("Aragonese"), "ar": later("Arabic"),
    "as": later("Assamese"), "av": later("Avaric"), "ay": later("Aymara"), "az": later("Azerbaijani"),
    "ba": later("Bashkir"), "be": later("Belarusian"), "bg": later("Bulgarian"), "bi": later("Bislama"),
    "bm": later("Bambara"), "bn": later("Bengali"), "bo": later("Tibetan"), "br": later("Breton"),
    "bs": later("Bosnian"), "ca": later("Catalan"), "ce": later("Chechen"), "ch": later("Chamorro"),
    "co": later("Corsican"), "cr": later("Cree"), "cs": later("Czech"), "cu": later("Church Slavonic"),
    "cv": later("Chuvash"), "cy": later("Welsh"), "da": later("Danish"), "de": later("German"), "dv": later("Dhivehi"),
    "dz": later("Dzongkha"), "ee": later("Ewe"), "el": later("Greek"), "en": later("English"), "eo": later("Esperanto"),
    "es": later("Spanish"), "et": later("Estonian"), "eu": later("Basque"), "fa": later("Persian"), "ff": later("Fula"),
    "fi": later("Finnish"), "fj": later("Fijian"), "fo": later("Faroese"), "fr": later("French"),
    "fy": later("Western Frisian"), "ga": later("Irish"), "gd": later("Scottish Gaelic"), "gl": later("Galician"),
    "gn": later("Guarani"), "gu": later("Gujarati"), "gv": later("Manx"), "ha": later("Hausa"), "he": later("Hebrew"),
    "hi": later("Hindi"), "ho": later("Hiri Motu"), "hr": later("Croatian"), "ht": later("Haitian Creole"),
    "hu": later("Hungarian"), "hy": later("Armenian"), "hz": later("Herero"), "ia": later("Interlingua"),
    "id": later("Indonesian"), "ie": later("Interlingue"), "ig": later("Igbo"), "ii": later("Nuosu"),
    "ik": later("Inupiaq"), "io": later("Ido"), "is": later("Icelandic"), "it": later("Italian"),
    "iu": later("Inuktitut"), "ja": later("Japanese"), "jv": later("Javanese"), "ka": later("Georgian"),
    "kg": later("Kongo"), "ki": later("Kikuyu"), "kj": later("Kwanyama"), "kk": later("Kazakh"),
    "kl": later("Greenlandic"), "km": later("Khmer"), "kn": later("Kannada"), "ko": later("Korean"),
    "kr": later("Kanuri"), "ks": later("Kashmiri"), "ku": later("Kurdish"), "kv": later("Komi"), "kw": later("Cornish"),
    "ky": later("Kyrgyz"), "la": later("Latin"), "lb": later("Luxembourgish"), "lg": later("Ganda"),
    "li": later("Limburgish"), "ln": later("Lingala"), "lo": later("Lao"), "lt": later("Lithuanian"),
    "lu": later("Luba-Katanga"), "lv": later("Latvian"), "mg": later("Malagasy"), "mh": later("Marshallese"),
    "mi": later("Māori"), "mk": later("Macedonian"), "ml": later("Malayalam"), "mn": later("Mongolian"),
    "mr": later("Marathi"), "ms": later("Malay"), "mt": later("Maltese"), "my": later("Burmese"),
    "na": later("Nauruan"), "nb": later("Norwegian Bokmål"), "nd": later("Northern Ndebele"), "ne": later("Nepali"),
    "ng": later("Ndonga"), "nl": later("Dutch"), "nn": later("Norwegian Nynorsk"), "no": later("Norwegian"),
    "nr": later("Southern Ndebele"), "nv": later("Navajo"), "ny": later("Chichewa"), "oc": later("Occitan"),
    "oj": later("Ojibwe"), "om": later("Oromo"), "or": later("Odia"), "os": later("Ossetian"), "pa": later("Punjabi"),
    "pi": later("Pali"), "pl": later("Polish"), "ps": later("Pashto"), "pt": later("Portuguese"),
    "qu": later("Quechua"), "rm": later("Romansh"), "rn": later("Rundi"), "ro": later("Romanian"),
    "ru": later("Russian"), "rw": later("Kinyarwanda"), "sa": later("Sanskrit"), "sc": later("Sardinian"),
    "sd": later("Sindhi"), "se": later("Northern Sami"), "sg": later("Sango"), "sh": later("Serbo-Croatian"),
    "si": later("Sinhala"), "sk": later("Slovak"), "sl": later("Slovenian"), "sm": later("Samoan"),
    "sn": later("Shona"), "so": later("Somali"), "sq": later("Albanian"), "sr": later("Serbian"), "ss": later("Swati"),
    "st": later("Southern Sotho"), "su": later("Sundanese"), "sv": later("Swedish"), "sw": later("Swahili"),
    "ta": later("Tamil"), "te": later("Telugu"), "tg": later("Tajik"), "th": later("Thai"), "ti": later("Tigrinya"),
    "tk": later("Turkmen"), "tl": later("Tagalog"), "tn": later("Tswana"), "to": later("Tongan"),
    "tr": later("Turkish"), "ts": later("Tsonga"), "tt": later("Tatar"), "tw": later("Twi"), "ty": later("Tahitian"),
    "ug": later("Uyghur"), "uk": later("Ukrainian"), "ur": later("Urdu"), "uz": later("Uzbek"), "ve": later("Venda"),
    "vi": later("Vietnamese"), "vo": later("Volapük"), "wa": later("Walloon"), "wo": later("Wolof"),
    "xh": later("Xhosa"), "yi": later("Yiddish"), "yo": later("Yoruba"), "za": later("Zhuang"), "zh": later("Chinese"),
    "zu": later("Zulu"), "ace": later("Acehnese"), "arb": later("Standard Arabic"), "ary": later("Moroccan Arabic"),
    "arz": later("Egyptian Arabic"), "ast": later("Asturian"), "awa": later("Awadhi"),
    "azb": later("South Azerbaijani"), "ban": later("Balinese"), "bar": later("Bavarian"),
    "bcl": later("Central Bikol"), "bho": later("Bhojpuri"), "brx": later("Bodo"), "ceb": later("Cebuano"),
    "ckb": later("Central Kurdish"), "dga": later("Dagaare"), "doi": later("Dogri"), "dsb": later("Lower Sorbian"),
    "fil": later("Filipino"), "fon": later("Fon"), "frr": later("Northern Frisian"), "fur": later("Friulian"),
    "gom": later("Goan Konkani"), "grc": later("Ancient Greek"), "gsw": later("Swiss German"), "haw": later("Hawaiian"),
    "hil": later("Hiligaynon"), "hmn": later("Hmong"), "hsb": later("Upper Sorbian"), "ilo": later("Ilocano"),
    "kab": later("Kabyle"), "kmr": later("Northern Kurdish"), "lij": later("Ligurian"), "lmo": later("Lombard"),
    "lus": later("Mizo"), "mai": later("Maithili"), "min": later("Minangkabau"), "mni": later("Manipuri"),
    "mos": later("Mossi"), "nan": later("Southern Min"), "nap": later("Neapolitan"), "nds": later("Low German"),
    "new": later("Newari"), "nso": later("Northern Sotho"), "pap": later("Papiamento"), "pam": later("Kapampangan"),
    "pcm": later("Nigerian Pidgin"), "pms": later("Piedmontese"), "pnb": later("Western Punjabi"),
    "sah": later("Yakut"), "sat": later("Santali"), "scn": later("Sicilian"), "sco": later("Scots"),
    "shn": later("Shan"), "szl": later("Silesian"), "tum": later("Tumbuka"), "tzm": later("Central Atlas Tamazight"),
    "vec": later("Venetian"), "war": later("Waray"), "wuu": later("Wu Chinese"), "yue": later("Cantonese"),
    "lzh": later("Classical Chinese"), "cmn": later("Mandarin Chinese"), "zh-hans": later("Chinese (simplified)"),
    "zh-hant": later("Chinese (traditional)"), "zh-cn": later("Chinese (China)"), "zh-tw": later("Chinese (Taiwan)"),
    "zh-hk": later("Chinese (Hong Kong)"), "pt-br": later("Portuguese (Brazil)"),
    "pt-pt": later("Portuguese (Portugal)"), "en-us": later("English (United States)"),
    "en-gb": later("English (United Kingdom)"), "sr-latn": later("Serbian (Latin)"),
    "sr-cyrl": later("Serbian (Cyrillic)"), "multilingual": later("Multilingual"), "code": later("Source code"),
}
# fmt: on
"""In English; by code in small letters."""


def language_name(code: str) -> str:
    """The name in English, which the catalogues have; empty for a code that is not known."""
    return LANGUAGES.get(code.lower().replace("_", "-"), "")
