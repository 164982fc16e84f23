"""Makes core/src/test/resources/reference/clip_tokenizer: a small CLIP tokenizer in the files that
real models have, and the ids that transformers' CLIPTokenizer gives to strings that go wrong easily.
"""

import collections
import json
import pathlib
import random
import tempfile

import tokenizers
import transformers
from tokenizers import pre_tokenizers
from transformers import CLIPTokenizer

import common

OUT = common.OUT / "clip_tokenizer"
START, END = "<|startoftext|>", "<|endoftext|>"
MERGES = 300
SEED = 4

# What the merges are learned from.
TEXT = """
a photo of a cat sitting on a wooden table, highly detailed, sharp focus, 8k, masterpiece
a photograph of an astronaut riding a horse on the moon, cinematic lighting, film grain
an oil painting of a stormy sea by night, dramatic light, heavy brush strokes, trending
the little girl with the red scarf walks through the snow, soft light, shallow depth of field
it's a dog's life, they're running, we've won, i'm here, she'll go, he'd stay, don't
portrait of an old man, wrinkles, 35mm, bokeh, studio photo, best quality, ultra realistic
a city street at sunset, neon signs, rain, reflections, people walking, slow motion, drone shot
low quality, worst quality, blurry, jpeg artifacts, watermark, text, signature, bad anatomy
waves crashing on the beach, time lapse of clouds moving over the mountains, camera pans left
ein schönes mädchen über der straße, une forêt près d'un château, el niño y la montaña
"""


def alphabet():
    """One printable letter for each byte, as GPT-2's byte-level BPE writes them, in CLIP's order."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in plain]
    return [chr(b) for b in plain] + [chr(256 + i) for i in range(len(rest))]


def learn():
    """Merges of the most frequent pairs; equal ones in the order of their letters."""
    learner = pre_tokenizers.ByteLevel(add_prefix_space=False)
    words = collections.Counter(TEXT.lower().split())
    spelled = {}
    for word, count in words.items():
        for part, _ in learner.pre_tokenize_str(word):
            spelled[(*part[:-1], part[-1] + "</w>")] = count
    merges = []
    while len(merges) < MERGES:
        pairs = collections.Counter()
        for letters, count in spelled.items():
            for pair in zip(letters, letters[1:]):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        spelled = {joined(letters, best): count for letters, count in spelled.items()}
    return merges


def joined(letters, pair):
    out = []
    for letter in letters:
        if out and (out[-1], letter) == pair:
            out[-1] += letter
        else:
            out.append(letter)
    return tuple(out)


def train():
    merges = learn()
    words = alphabet() + [c + "</w>" for c in alphabet()]
    words += [a + b for a, b in merges] + [START, END]
    assert len(set(words)) == len(words)
    return {word: i for i, word in enumerate(words)}, merges


def save_json(file, value):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def save(folder, vocabulary, merges, pad):
    save_json(folder / "vocab.json", vocabulary)
    lines = ["#version: 0.2"] + [" ".join(m) for m in merges]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def added(content, tagged):
        token = {"content": content, "lstrip": False, "normalized": True, "rstrip": False}
        return ({"__type": "AddedToken"} if tagged else {}) | token | {"single_word": False}

    save_json(
        folder / "special_tokens_map.json",
        {
            "bos_token": added(START, False),
            "eos_token": added(END, False),
            "pad_token": pad,
            "unk_token": added(END, False),
        },
    )
    save_json(
        folder / "tokenizer_config.json",
        {
            "add_prefix_space": False,
            "bos_token": added(START, True),
            "do_lower_case": True,
            "eos_token": added(END, True),
            "errors": "replace",
            "model_max_length": 77,
            "pad_token": pad,
            "tokenizer_class": "CLIPTokenizer",
            "unk_token": added(END, True),
        },
    )


STRINGS = [
    "", " ", "   ", "\n", "\t\r\n", "a", "A", "a cat", "A CAT", "a  cat", "  a cat  ", "a\ncat", "a\tcat",
    "a photo of a cat", "A Photo Of A Cat!", "cat,dog", "cat , dog", "cat,, dog", "cat;dog:fish",
    "it's", "IT'S", "It\u2019s", "don't", "they're we've I'm she'll he'd dogs'", "'s 't 're", "'", "''", "' s",
    "o'clock rock'n'roll", "'tis the season", "l'été d'un château", "y'all'd've",
    "123", "1 2 3", "3.14", "1,000,000", "2nd", "8k", "35mm f/1.8", "1st2nd3rd", "٣٤٥", "½ ² ³", "Ⅷ", "①②",
    "hello-world", "hello_world", "hello—world", "snake_case_name", "__init__", "a/b\\c", "C++ C#", "@you #tag",
    "(word:1.2)", "((word))", "[word]", "\\(word\\)", "{a|b}", "<lora:x:0.8>", "a::b", "...", "?!?!", "!!!", "a.b.c",
    "$5.00", "100%", "50€", "5£", "©®™", "a+b=c", "~`^", "\"quoted\"", "“quoted”", "«guillemets»", "…",
    "😀", "😀😀", "a 😀 b", "cat😀dog", "👨‍👩‍👧‍👦", "👍🏽", "🇩🇪🇫🇷", "❤️", "☃", "♥ ♡", "🤖 robot 🤖", "a🦄b🦄c",
    "é", "e\u0301", "E\u0301", "É", "ñ", "n\u0303", "Å", "A\u030a", "\u212b", "ö ä ü ß", "ẞ", "STRASSE Straße", "ﬁ ﬂ", "Ǆ ǅ",
    "İstanbul", "ıstanbul", "I İ i ı", "ΑΣ ΑΣΑ ς", "ΟΔΥΣΣΕΥΣ", "café CAFÉ cafe\u0301", "naïve façade", "Łódź", "Æsir œuvre",
    "z\u0335a\u0334l\u0336g\u0337o\u0338", "a\u0300\u0301\u0302\u0303", "\u0301", "\u0301a",
    "猫", "一只猫在桌子上", "a 猫 b", "猫cat猫", "日本語のテキスト", "カタカナ ひらがな", "ｶﾞ", "한국어 텍스트", "\u1112\u1161\u11ab", "中文，标点。", "１２３ＡＢＣ",
    "Привет мир", "ПРИВЕТ", "Ёлка ёлка", "مرحبا بالعالم", "שלום עולם", "हिन्दी में", "ภาษาไทย", "ไทย123", "Ελληνικά", "ქართული", "አማርኛ",
    "a\u00a0b", "a\u2003b", "a\u3000b", "a\u200bb", "a\u200db", "a\ufeffb", "\ufeffa", "a\u00adb", "a\u2028b", "a\u0085b", "a\u180eb",
    "a\u0000b", "a\u0001b", "a\u007fb", "a\u001fb", "a\u000bb", "a\u000cb", "\ufffd", "a\ufffeb", "\U0010ffff", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "𝟙𝟚", "𐐀𐐨",
    "<|startoftext|>", "<|endoftext|>", "<|STARTOFTEXT|>", "a <|endoftext|> b", "a<|endoftext|>b", "<|endoftext|", "<|endoftext|><|startoftext|>",
    "< |endoftext| >", "</w>", "cat</w>", "a</w>b", "Ġ", "Ġcat", "Ā", "ÿ", "Ã©", "#version: 0.2",
    "BREAK", "a BREAK b", "cat AND dog", "[cat:dog:0.5]", "cat:1.2", "1girl, solo, best quality", "masterpiece,best quality,8k,", ",", ", ,", ".",
    "qwxz vfjk", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "supercalifragilisticexpialidocious",
    "http://example.org/a?b=c&d=%20#e", "name@example.org", "C:\\Users\\me", "rm -rf /", "<b>bold</b> &amp; &lt;", "\\n \\t \\\\",
    "a photo of a cat " * 20, "cat " * 75, "cat " * 76, "cat " * 77, "word, " * 60, "😀" * 40, "猫" * 60, "x" * 500, "a" * 3000, "! " * 100,
    "a" + " " * 300 + "b", "don't " * 40, "1234567890" * 12,
]  # fmt: skip


def odd_strings(count):
    """Strings of letters drawn from all over Unicode."""
    draw = random.Random(SEED)
    ranges = [(32, 126), (32, 126), (161, 591), (768, 879), (880, 1327), (0x2000, 0x206F)]
    ranges += [(0x3040, 0x30FF), (0x4E00, 0x4FFF), (0xAC00, 0xAD00), (0x1F300, 0x1F6FF), (9, 13)]
    for _ in range(count):
        yield "".join(chr(draw.randint(*draw.choice(ranges))) for _ in range(draw.randint(1, 40)))


def main():
    vocabulary, merges = train()
    save(OUT, vocabulary, merges, END)
    tokenizer = CLIPTokenizer.from_pretrained(OUT)
    texts = STRINGS + list(odd_strings(60))
    cases = [{"text": t, "ids": tokenizer(t).input_ids} for t in texts]
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    made = f'"transformers":"{transformers.__version__}","tokenizers":"{tokenizers.__version__}"'
    (OUT / "cases.json").write_text(f'{{"seed":{SEED},{made},"cases":[\n{lines}\n]}}\n')
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.save_pretrained(folder)
        whole = pathlib.Path(folder, "tokenizer.json").read_text(encoding="utf-8")
    # The whole tokenizer in one file: another way in which models have it.
    (OUT / "one_file").mkdir(exist_ok=True)
    (OUT / "one_file" / "tokenizer.json").write_text(whole, encoding="utf-8")
    print(len(cases), "cases;", len(vocabulary), "tokens")
    # How those with another padding token (Stable Diffusion 2) write it.
    assert tokenizer("a cat", padding="max_length").input_ids[-1] == vocabulary[END]


main()
