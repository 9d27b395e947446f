"""Seeded strings of every kind, with the ids and offsets (UTF-16) that the reference gives them, one JSON array a line.

    pip install tokenizers==0.23.3 transformers==5.23.0
    python fuzz.py --count 100000 --seed 1 --model <folder with tokenizer.json>   # as tools/reliability/fuzz-tokenizer.mjs reads it
    python fuzz.py --sample                                                      # writes fuzz.json, which the tests read

The first line names versions and settings. Every string goes through one of the settings with the small vocabulary of this
folder, and through the model's own vocabulary by PyPI `transformers` as well, which must agree with `tokenizers`.
A lone surrogate, which no encoding can carry to the reference, reaches it as U+0000: both are dropped.
"""

import argparse
import json
import random
import sys
import unicodedata
from pathlib import Path

import tokenizers
from tokenizers import Tokenizer

HERE = Path(__file__).parent
SETTINGS = {
    "lowercase": {},
    "cased": {"lowercase": False},
    "lowercaseWithAccents": {"strip_accents": False},
    "casedWithoutAccents": {"lowercase": False, "strip_accents": True},
    "asFoundWithRawText": {"clean_text": False, "handle_chinese_chars": False},
}

# ---------------------------------------------------------------- strings

PROSE = (
    "Paris carried Helen off to Troy, and so began a war that lasted ten years. The Seine runs through Paris; Paris, Texas, lies "
    "elsewhere (near Dallas). Zürich, São Paulo, Kraków, Győr, Đà Nẵng and Þingvellir are towns. Москва — столица России. "
    "Η Αθήνα είναι η πρωτεύουσα της Ελλάδας. ירושלים היא עיר. القاهرة عاصمة مصر. दिल्ली भारत की राजधानी है। กรุงเทพมหานคร 東京は日本の首都です。 "
    "北京是中国的首都。 서울은 대한민국의 수도이다. İstanbul'da ıssız bir ada. It cost $3.50 (or €3,20) on 2024-05-01 at 10:30 a.m. — e.g. "
    "\u201cnationalizing\u201d isn't re-unification; see https://example.org/a_b?c=d#e, C++ & AT&T, O\u2019Neil\u2019s. "
)
CODES = {
    "assigned": [c for c in range(0x110000) if unicodedata.category(chr(c)) not in ("Cn", "Cs", "Co")],
    "marks": [c for c in range(0x110000) if unicodedata.category(chr(c))[0] == "M"],
    "punctuation": [c for c in range(0x110000) if unicodedata.category(chr(c))[0] in "PS"],
    "controls": [*range(0x20), *range(0x7F, 0xA0), 0xAD, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xFFFD,
                 *range(0xFFF9, 0xFFFC), 0xE0001, *range(0xE0020, 0xE0030), 0x110BD, 0x1D173],
    "spaces": [0x20, 0x20, 9, 10, 11, 12, 13, 0x1C, 0x1F, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0x180E],
    "ideographs": [*range(0x3400, 0x3420), *range(0x4E00, 0x4E40), 0x9FFF, 0xA000, *range(0xF900, 0xF920), 0xFADA, *range(0x20000, 0x20010), 0x2A6DF, 0x2A6E0,
                   0x2A700, 0x2B740, 0x2B81F, 0x2B820, 0x2B920, 0x2CEAF, 0x2CEB0, 0x2F800, 0x2FA1D, 0x2FA1F, 0x30000, 0x3007, 0x3005],
    "kana and hangul": [*range(0x3041, 0x3100), *range(0xFF61, 0xFFA0), *range(0x1100, 0x1200), *range(0xAC00, 0xAC40), 0xD7A3, *range(0x3131, 0x3140)],
    "scripts": [*range(0x370, 0x530), *range(0x590, 0x700), *range(0x900, 0xE80), *range(0xF00, 0xFC0), *range(0x1E00, 0x2000)],
    "case": [ord(c) for c in "İıIiſßẞΣσςKÅΩǄǅǆǰŉΐΰﬀﬃﬅԱֆᏣꭰᲐა𐐀𐐨𞤀𞤢ᾳᾼῼͅµÿŸⅣⅳⒶⓐ"] + [0x307, 0x345, 0x3F4, 0x1C80, 0x1C88, 0xA64A, 0x2C2F],
    "letters": [ord(c) for c in "aaabcdeeeghiilmnnoorssttuyABCNPT0129"],
}  # fmt: skip
EMOJI = ["🙂", "👩‍💻", "👨‍👩‍👧", "🏳️‍🌈", "🇫🇷", "❤️", "⚽", "👍🏽", "1️⃣", "🏴\U000e0067\U000e0062\U000e007f", "🫱🏻‍🫲🏿", "©️", "™"]
SPECIAL = ["[SEP]", "[CLS]", "[MASK]", "[UNK]", "[unused0]", "##ing", "unable", "players"]


class Strings:
    def __init__(self, seed: int):
        self.chance = random.Random(seed)

    def some(self, name: str, least: int, most: int) -> str:
        codes = CODES[name]
        return "".join(chr(self.chance.choice(codes)) for _ in range(self.chance.randint(least, most)))

    def prose(self) -> str:
        start = self.chance.randrange(len(PROSE))
        return PROSE[start : start + self.chance.randint(1, 60)]

    def anything(self) -> str:
        return "".join(chr(self.chance.randrange(0x110000)) for _ in range(self.chance.randint(1, 6)))

    def long_word(self) -> str:
        piece = self.chance.choice([self.some("letters", 1, 3), "é", "a\u0301", "😀", self.some("scripts", 1, 2), "\u200b", "ß"])
        length = self.chance.choice([99, 100, 101, 102, 120, 400])
        return (piece * length)[: self.chance.choice([length, length * 2])]

    def stacked(self) -> str:
        return "".join(self.some("letters", 0, 1) + self.some("marks", 1, 5) for _ in range(self.chance.randint(1, 4)))

    def surrogates(self) -> str:
        return "".join(self.chance.choice([chr(self.chance.randrange(0xD800, 0xE000)), "a", "é", " "]) for _ in range(self.chance.randint(1, 5)))

    def part(self) -> tuple[str, str]:
        name = self.chance.choice(KINDS)
        if name in CODES:
            return name, self.some(name, 1, 12 if name == "letters" else 6)
        return name, {"prose": self.prose, "anything": self.anything, "long words": self.long_word, "stacked": self.stacked,
                      "surrogates": self.surrogates, "emoji": lambda: self.chance.choice(EMOJI),
                      "special": lambda: self.chance.choice(SPECIAL)}[name]()  # fmt: skip

    def string(self) -> tuple[set[str], str]:
        parts = [self.part() for _ in range(self.chance.randint(1, 7))]
        glue = self.chance.choice(["", "", " ", "\u0301"])
        # Halves of a pair that happen to meet are a character, for Python only once they are joined as UTF-16.
        text = glue.join(text for _, text in parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        return {name for name, _ in parts}, text


KINDS = [*CODES, "prose", "prose", "anything", "long words", "stacked", "surrogates", "emoji", "special"]

# ---------------------------------------------------------------- the reference


def opened(source: dict, **normalizer) -> Tokenizer:
    """Without its added tokens the reference reads "[SEP]" in a text as plain text, which is what ours always does."""
    source = {**source, "normalizer": {**source["normalizer"], **normalizer}, "truncation": None, "padding": None, "added_tokens": []}
    return Tokenizer.from_str(json.dumps(source))


def encodable(text: str) -> str:
    return "".join("\0" if 0xD800 <= ord(c) < 0xE000 else c for c in text)


def encoded(tokenizer: Tokenizer, text: str) -> list:
    """Ids, then starts and ends in UTF-16 units."""
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if ord(character) > 0xFFFF else 1))
    encoding = tokenizer.encode(encodable(text), add_special_tokens=False)
    return [encoding.ids, [units[start] for start, _ in encoding.offsets], [units[end] for _, end in encoding.offsets]]


def head(**more) -> dict:
    return {"reference": f"tokenizers {tokenizers.__version__}", "unicode": unicodedata.unidata_version, "settings": SETTINGS, **more}


def write_sample() -> None:
    """So few that every kind, alone and in company, is met with every setting."""
    strings = Strings(2)
    small = json.loads((HERE / "tokenizer.json").read_text())
    lines = [json.dumps(head(), separators=(",", ":"))]
    for setting, normalizer in SETTINGS.items():
        tokenizer = opened(small, **normalizer)
        met: dict[str, int] = {}
        kept = 0
        while kept < 120 or min(met.get(kind, 0) for kind in KINDS) < 12:
            kinds, text = strings.string()
            if len(text) > 250 and met.get("long words", 0) >= 12:
                continue
            lines.append(json.dumps([setting, text, *encoded(tokenizer, text)], separators=(",", ":")))
            kept += 1
            for kind in kinds:
                met[kind] = met.get(kind, 0) + 1
    (HERE / "fuzz.json").write_text("[" + ",\n".join(lines) + "]\n")


def write_all(count: int, seed: int, model: Path) -> None:
    import transformers

    small = json.loads((HERE / "tokenizer.json").read_text())
    real = json.loads((model / "tokenizer.json").read_text())
    readers = [(setting, opened(small, **normalizer)) for setting, normalizer in SETTINGS.items()]
    own = opened(real)
    bert = transformers.BertTokenizerFast(tokenizer_file=str(model / "tokenizer.json"), split_special_tokens=True)
    print(json.dumps(head(transformers=transformers.__version__)))
    strings = Strings(seed)
    for i in range(count):
        _, text = strings.string()
        setting, tokenizer = readers[i % len(readers)]
        expected = encoded(own, text)
        print(json.dumps([setting, text, *encoded(tokenizer, text)]))
        print(json.dumps(["model", text, *expected]))
        ids = bert(encodable(text), add_special_tokens=False)["input_ids"]
        if ids != expected[0]:
            print(f"transformers and tokenizers differ: {text!r}\n  {ids}\n  {expected[0]}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", type=Path)
    arguments = parser.parse_args()
    if arguments.sample:
        write_sample()
    else:
        write_all(arguments.count, arguments.seed, arguments.model)


main()
