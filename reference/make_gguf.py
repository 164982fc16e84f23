"""Makes core/src/test/resources/reference/gguf/* and fp8/*: weights in fewer bits, and what they are.

- gguf/types.gguf: a tensor of each type that is read; types.safetensors: what the gguf package's numpy reference decodes them to.
  Q8_0 and the legacy types are quantised by the package; of K types the bytes are random, their scales finite numbers
- gguf/values.gguf: a key of each type of value, another alignment, version 3
- gguf/tokenizer.gguf, spiece.safetensors, cases.json: a T5 tokenizer as GGUF and as ComfyUI carry it, and the ids of 200 strings
- fp8/old, fp8/new, fp8/header, fp8/plain: 8-bit floats in both markings of ComfyUI, the newer one in tensors and in the header, and
  without scales; fp8/dense.safetensors: what they are in f32

Needs sentencepiece, too.
"""

import base64
import json
import pathlib
import tempfile

import gguf
import numpy as np
import sentencepiece
import torch
import transformers
from gguf import GGMLQuantizationType as Type
from safetensors.torch import save_file
from transformers import T5Tokenizer

import common
import make_t5

HOW = "reference/make_gguf.py"
VERSION = "0.19.0"
META = {"made_by": HOW, "gguf": VERSION, "torch": torch.__version__, "transformers": transformers.__version__}
QUANTISED = [Type.Q8_0, Type.Q4_0, Type.Q4_1, Type.Q5_0, Type.Q5_1]
RANDOM = {Type.Q2_K: (80, 82), Type.Q3_K: (108,), Type.Q4_K: (0, 2), Type.Q5_K: (0, 2), Type.Q6_K: (208,)}
SCALES = [0.0, -0.0, 1.0, -0.37, 6e-8, 5.9e-5, 65504.0, 1 / 3]


def blocks(kind, random, rows, width):
    """Random bytes, whose f16 scales are finite: zeros, the least and the largest among them."""
    numbers, size = gguf.GGML_QUANT_SIZES[kind]
    out = random.integers(0, 256, (rows, width // numbers, size), dtype=np.uint8)
    for at in RANDOM[kind]:
        for n, place in enumerate(np.ndindex(rows, width // numbers)):
            scale = np.float16(SCALES[n]) if n < len(SCALES) else np.float16(random.normal() * 0.01)
            out[place][at : at + 2] = np.frombuffer(scale.tobytes(), np.uint8)
    return out.reshape(rows, -1)


def types(folder):
    random = np.random.default_rng(41)
    writer = gguf.GGUFWriter(folder / "types.gguf", "wan")
    writer.add_quantization_version(2)
    dense = {}
    for kind in QUANTISED + list(RANDOM):
        name = f"blocks.{kind.name}.weight"
        if kind in RANDOM:
            packed = blocks(kind, random, 6, 512)
        else:
            packed = gguf.quantize((random.normal(size=(6, 512)) * 0.2).astype(np.float32), kind)
        writer.add_tensor(name, packed, raw_dtype=kind)
        dense[name] = torch.from_numpy(gguf.dequantize(packed, kind).copy())
    plain = (random.normal(size=(5, 7)) * 3).astype(np.float32)
    writer.add_tensor("plain.F32", plain)
    writer.add_tensor("plain.F16", plain.astype(np.float16))
    writer.add_tensor("plain.BF16", gguf.quantize(plain, Type.BF16), raw_dtype=Type.BF16)
    dense["plain.F32"] = torch.from_numpy(plain)
    dense["plain.F16"] = torch.from_numpy(plain.astype(np.float16).astype(np.float32))
    dense["plain.BF16"] = torch.from_numpy(plain).bfloat16().float()
    patch = random.normal(size=(4, 3, 1, 2, 2)).astype(np.float32)
    writer.add_tensor("patch_embedding.weight", patch)
    dense["patch_embedding.weight"] = torch.from_numpy(patch)
    close(writer)
    save_file(dense, folder / "types.safetensors", metadata=META)


def values(folder):
    writer = gguf.GGUFWriter(folder / "values.gguf", "t5encoder")
    writer.add_custom_alignment(64)
    for kind, value in [
        ("uint8", 200), ("int8", -100), ("uint16", 60000), ("int16", -30000), ("uint32", 4000000000), ("int32", -2000000000),
        ("uint64", 2**64 - 1), ("int64", -(2**62)), ("float32", 0.1), ("float64", 0.1), ("bool", True), ("string", "größe 猫"),
        ("array", ["a", "", "猫"]), ("array", [1, 2, 3]), ("array", [0.5, 0.25]), ("array", [True, False]),
    ]:  # fmt: skip
        name = f"value.{kind}" if kind != "array" else f"value.array.{type(value[0]).__name__}"
        getattr(writer, f"add_{kind}")(name, value)
    writer.add_tensor("one", np.arange(3, dtype=np.float32))
    writer.add_tensor("two", np.arange(6, dtype=np.int32).reshape(2, 3))
    close(writer)


def close(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def strings():
    random = np.random.default_rng(43)
    words = make_t5.TEXT.split() + ["猫", "😀", "  ", "\n", "a", "é", "</s>", "<extra_id_3>", "一只猫在桌子上", "👍🏽"]
    made = list(make_t5.STRINGS)
    while len(made) < 200:
        made.append(" ".join(random.choice(words, random.integers(1, 12))))
    return made


def tokenizer(folder):
    with tempfile.TemporaryDirectory() as temp:
        place = pathlib.Path(temp)
        make_t5.learn(place, make_t5.FEW_RULES)
        model = (place / "spiece.model").read_bytes()
        made = T5Tokenizer.from_pretrained(place)
        made.save_pretrained(place / "saved")
        rules = json.loads((place / "saved/tokenizer.json").read_text())["normalizer"]
        rules = [r for r in rules.get("normalizers", [rules]) if r["type"] == "Precompiled"][0]["precompiled_charsmap"]
    parsed = sentencepiece.SentencePieceProcessor(model_proto=model)
    kinds = [(parsed.is_unknown, 2), (parsed.is_control, 3), (parsed.is_unused, 5), (parsed.is_byte, 6)]
    pieces = [
        (parsed.id_to_piece(i), parsed.get_score(i), next((kind for said, kind in kinds if said(i)), 1)) for i in range(len(parsed))
    ]
    writer = gguf.GGUFWriter(folder / "tokenizer.gguf", "t5encoder")
    writer.add_tokenizer_model("t5")
    # As llama.cpp converts it: extra pieces behind, then unused ones up to the rows of the table.
    extra = [f"<extra_id_{i}>" for i in range(99, -1, -1)]
    fill = [f"[PAD{i}]" for i in range(20)]
    pieces += [(text, 0.0, gguf.TokenType.CONTROL) for text in extra] + [(text, -1000.0, gguf.TokenType.UNUSED) for text in fill]
    writer.add_token_list([text for text, _, _ in pieces])
    writer.add_token_scores([score for _, score, _ in pieces])
    writer.add_token_types([int(kind) for _, _, kind in pieces])
    writer.add_precompiled_charsmap(base64.b64decode(rules))
    writer.add_eos_token_id(1)
    writer.add_pad_token_id(0)
    writer.add_tensor("token_embd.weight", np.zeros((1, 32), np.float32))
    close(writer)
    save_file({"spiece_model": torch.frombuffer(bytearray(model), dtype=torch.uint8)}, folder / "spiece.safetensors", metadata=META)
    cases = [{"text": t, "ids": made(t).input_ids} for t in strings()]
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    (folder / "cases.json").write_text(f'{{"made_by":"{HOW}","transformers":"{transformers.__version__}","cases":[\n{lines}\n]}}\n')


def fp8(folder):
    folder.mkdir(parents=True, exist_ok=True)
    e4, e5 = torch.float8_e4m3fn, torch.float8_e5m2
    every = torch.arange(256, dtype=torch.uint8)
    layers = {}
    for n, (name, kind) in enumerate([("blocks.0.q", e4), ("blocks.0.k", e4), ("blocks.1.q", e5)]):
        bytes_ = every[every.view(kind).float().isfinite()]
        bytes_ = torch.cat([bytes_, bytes_])[:480].reshape(12, 40)
        layers[name] = (bytes_.view(kind), torch.tensor(0.0123 * (n + 1)))
    norm = common.normal(5, 7).half()
    dense, old, new, header, plain = {}, {"scaled_fp8": torch.empty(0, dtype=e4)}, {}, {}, {}
    for name, (weight, scale) in layers.items():
        dense[f"{name}.weight"] = weight.float() * scale
        dense[f"plain.{name}.weight"] = weight.float()
        marked = "float8_e4m3fn" if weight.dtype == e4 else "float8_e5m2"
        text = json.dumps({"format": marked}).encode()
        old |= {f"{name}.weight": weight, f"{name}.scale_weight": scale, f"{name}.scale_input": torch.tensor(1.0)}
        new |= {f"{name}.weight": weight, f"{name}.weight_scale": scale, f"{name}.input_scale": torch.tensor([1.0]),
                f"{name}.comfy_quant": torch.frombuffer(bytearray(text), dtype=torch.uint8)}  # fmt: skip
        header |= {f"{name}.weight": weight, f"{name}.weight_scale": scale}
        plain |= {f"{name}.weight": weight}
    said = {"format_version": "1.0", "layers": {k: {"format": "float8_e4m3fn" if v[0].dtype == e4 else "float8_e5m2"} for k, v in layers.items()}}
    for tensors in (old, new, header, plain):
        tensors["norm.weight"] = norm
    dense["norm.weight"] = norm.float()
    save_file(old, folder / "old.safetensors", metadata=META)
    save_file(new, folder / "new.safetensors", metadata=META)
    save_file(header, folder / "header.safetensors", metadata=META | {"_quantization_metadata": json.dumps(said)})
    save_file(plain, folder / "plain.safetensors", metadata=META)
    save_file(dense, folder / "dense.safetensors", metadata=META)


def main():
    folder = common.OUT / "gguf"
    folder.mkdir(parents=True, exist_ok=True)
    types(folder)
    values(folder)
    tokenizer(folder)
    fp8(common.OUT / "fp8")
    for file in [*folder.iterdir(), *(common.OUT / "fp8").iterdir()]:
        file.chmod(0o644)
        print(file.name, file.stat().st_size // 1024, "KiB")


main()
