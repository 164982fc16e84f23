"""Makes core/src/test/resources/reference/t5/* and t5_tokenizer/*: the encoder of T5 v1.1 and UMT5, and their tokenizer.

- t5/gated: gated tanh GELU, one table of distances for all blocks; masks
- t5/relu: plain ReLU, as the first T5
- t5/umt5: a table of distances in every block
- t5_tokenizer/model: a small SentencePiece model with the letter rules of the real one, and the ids that transformers gives to
  strings that go wrong easily
- t5_tokenizer/json: another whose letter rules are few, as a tokenizer.json

Needs sentencepiece, too.
"""

import json
import pathlib
import shutil
import tempfile

import sentencepiece
import tokenizers
import torch
import transformers
from transformers import T5Config, T5EncoderModel, T5Tokenizer, UMT5Config, UMT5EncoderModel

import common

HOW = "reference/make_t5.py"


def buckets(into, *shapes):
    """Which row of the table each distance has."""
    from transformers.models.t5.modeling_t5 import T5Attention

    distances = torch.arange(-300, 301)
    for count, furthest in shapes:
        into[f"buckets.{count}.{furthest}"] = T5Attention._relative_position_bucket(
            distances, bidirectional=True, num_buckets=count, max_distance=furthest
        )


def model(name, kind, config, seed):
    encoder = common.randomise(kind(config), seed)
    for key, parameter in encoder.named_parameters():
        if key.endswith("relative_attention_bias.weight"):
            parameter.copy_(common.normal(seed + 1, *parameter.shape))
        if key == "shared.weight":
            parameter.mul_(4)
    random = torch.Generator().manual_seed(seed)
    ids = torch.randint(3, config.vocab_size, (3, 41), generator=random)
    mask = torch.ones(3, 41, dtype=torch.long)
    mask[0, 5:] = 0
    mask[2, 17:] = 0
    ids = ids.masked_fill(mask == 0, 0)
    out = encoder(ids, attention_mask=mask, output_hidden_states=True)
    io = {"ids": ids, "mask": mask, "hidden": out.last_hidden_state, "block0": out.hidden_states[1]}
    io["whole.hidden"] = encoder(ids[1:2]).last_hidden_state
    halved = kind(config).eval()
    halved.load_state_dict(encoder.state_dict())
    halved.to(torch.bfloat16)
    io["whole.hidden.bf16"] = halved(ids[1:2]).last_hidden_state.float()
    buckets(io, (32, 128), (8, 20), (16, 100))
    common.write(name, encoder, io, seed, HOW)


SIZES = {"d_kv": 6, "d_ff": 56, "num_layers": 3, "vocab_size": 400, "dropout_rate": 0.0}

TEXT = """
a photo of a cat sitting on a wooden table, highly detailed, sharp focus, 8k, masterpiece
a photograph of an astronaut riding a horse on the moon, cinematic lighting, film grain
an oil painting of a stormy sea by night, dramatic light, heavy brush strokes, trending
the little girl with the red scarf walks through the snow, soft light, shallow depth of field
it's a dog's life, they're running, we've won, i'm here, she'll go, he'd stay, don't
A city street at sunset, neon signs, rain, reflections, People walking, slow motion, drone shot
waves crashing on the beach, time lapse of clouds moving over the mountains, camera pans left, zoom in
ein schönes Mädchen über der Straße, une forêt près d'un château, el niño y la montaña
一只猫在桌子上 慢动作 高质量 日本語のテキスト Привет мир
"""

STRINGS = [
    "", " ", "   ", "\n", "\t\r\n", "a", "A", "a cat", "A CAT", "a  cat", "  a cat  ", "a\ncat", "a\tcat", "a \n\n cat",
    "a photo of a cat", "A Photo Of A Cat!", "cat,dog", "cat , dog", "it's", "It\u2019s", "don't", "l'été d'un château",
    "123", "3.14", "1,000,000", "½ ² ³", "Ⅷ", "①②", "hello-world", "snake_case", "a/b\\c", "...", "?!?!", "100%", "50€", "…",
    "“quoted”", "«guillemets»", "😀", "😀😀", "a 😀 b", "cat😀dog", "👨‍👩‍👧‍👦", "👍🏽", "❤️", "é", "e\u0301", "É", "Å", "\u212b", "ö ä ü ß",
    "ﬁ ﬂ", "İstanbul", "café CAFÉ cafe\u0301", "naïve façade", "z\u0335a\u0334l\u0336", "猫", "一只猫在桌子上", "a 猫 b", "猫cat猫",
    "日本語のテキスト", "ｶﾞ", "한국어 텍스트", "中文，标点。", "１２３ＡＢＣ", "Привет мир", "مرحبا بالعالم", "हिन्दी में", "ภาษาไทย",
    "a\u00a0b", "a\u2003b", "a\u3000b", "a\u200bb", "a\u200db", "\ufeffa", "a\u00adb", "a\u2028b", "a\u0085b", "a\u0000b", "a\u0001b", "a\u007fb",
    "</s>", "a</s>b", "a </s> b", "<pad>", "<unk>", "<extra_id_0>", "a <extra_id_99> b", "<extra_id_100>", "▁", "a▁b", "▁▁", "a ▁ b",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "𐐀𐐨", "\U0010ffff", "\ufffd", "qwxz vfjk", "http://example.org/a?b=c", "a photo of a cat " * 20, "cat " * 77, "word, " * 60,
    "😀" * 40, "猫" * 60, "x" * 500, "! " * 100, "a" + " " * 300 + "b", "don't " * 40, "  leading", "trailing  ", "a  b   c    d",
]  # fmt: skip

FEW_RULES = "C5\t0053\nFB01\t0066 0069\n3000\t0020\n9\t0020\nA\t0020\n"


def learn(folder, rules):
    """A model that numbers padding, end and unknown as T5 does."""
    (folder / "text.txt").write_text(TEXT, encoding="utf-8")
    (folder / "rules.tsv").write_text(rules or "", encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(folder / "text.txt"),
        model_prefix=str(folder / "spiece"),
        vocab_size=290,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        hard_vocab_limit=False,
        num_threads=1,
        minloglevel=2,
        **({"normalization_rule_tsv": str(folder / "rules.tsv")} if rules else {"normalization_rule_name": "nmt_nfkc"}),
    )


def tokenizer(name, rules, whole):
    out = common.OUT / "t5_tokenizer" / name
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temp:
        folder = pathlib.Path(temp)
        learn(folder, rules)
        made = T5Tokenizer.from_pretrained(folder)
        if whole:
            made.save_pretrained(folder / "saved")
            shutil.copy(folder / "saved/tokenizer.json", out)
            shutil.copy(folder / "saved/tokenizer_config.json", out)
        else:
            shutil.copy(folder / "spiece.model", out)
    cases = [{"text": t, "ids": made(t).input_ids} for t in STRINGS]
    for c in cases[::7]:
        c["cut"] = made(c["text"], padding="max_length", max_length=12, truncation=True).input_ids
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    by = f'"transformers":"{transformers.__version__}","tokenizers":"{tokenizers.__version__}"'
    (out / "cases.json").write_text(f'{{{by},"cases":[\n{lines}\n]}}\n')
    print(name, len(made), sum(f.stat().st_size for f in out.iterdir()) // 1024, "KiB")
    return cases


def main():
    model("t5/gated", T5EncoderModel, T5Config(d_model=40, num_heads=5, feed_forward_proj="gated-gelu", tie_word_embeddings=False, **SIZES), 31)
    model("t5/relu", T5EncoderModel, T5Config(d_model=33, num_heads=3, feed_forward_proj="relu", relative_attention_num_buckets=8, relative_attention_max_distance=20, **SIZES), 32)
    model("t5/umt5", UMT5EncoderModel, UMT5Config(d_model=36, num_heads=4, feed_forward_proj="gated-gelu", **SIZES), 33)
    tokenizer("model", None, False)
    tokenizer("json", FEW_RULES, True)


if __name__ == "__main__":
    main()
