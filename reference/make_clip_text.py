"""Makes core/src/test/resources/reference/clip_text/*: CLIP's text encoder as Stable Diffusion has it.

- quick: quick_gelu, the old end token (2, so the largest id), read through the tokenizer of
  make_clip_tokenizer.py; with weights of tokens and a prompt in two chunks
- gelu: gelu, the end token by its id, odd sizes, masks, ids without any end; weights named as
  transformers 5 writes them
"""

import torch
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

import common

CAT = "a photo of a cat sitting on a wooden table"


def model(seed, **sizes):
    config = CLIPTextConfig(**sizes, projection_dim=sizes["hidden_size"])
    encoder = common.randomise(CLIPTextModel(config), seed)
    # Embeddings are looked up, not multiplied: about one each.
    encoder.embeddings.token_embedding.weight.mul_(4)
    encoder.embeddings.position_embedding.weight.mul_(2)
    return encoder


def states(encoder, ids, mask, name, into):
    """All hidden states, and what clip skips make of them."""
    out = encoder(ids, attention_mask=mask, output_hidden_states=True)
    into[f"{name}.ids"] = ids
    if mask is not None:
        into[f"{name}.mask"] = mask
    into[f"{name}.hidden"] = out.last_hidden_state
    into[f"{name}.pooled"] = out.pooler_output
    for skip in (1, 2):
        into[f"{name}.skip{skip}"] = encoder.final_layer_norm(out.hidden_states[-1 - skip])
    into[f"{name}.embedded"] = out.hidden_states[0]
    into[f"{name}.block0"] = out.hidden_states[1]
    return out.last_hidden_state


def half(encoder, ids, name, into):
    """What the reference's own bf16 makes of it."""
    halved = CLIPTextModel(encoder.config).eval()
    halved.load_state_dict(encoder.state_dict())
    halved.to(torch.bfloat16)
    into[f"{name}.hidden_bf16"] = halved(ids).last_hidden_state.float()
    into[f"{name}.pooled_bf16"] = halved(ids).pooler_output.float()


def weighted(hidden, weights):
    """A weight multiplies its token; the mean of the chunk is restored."""
    scaled = hidden * weights[:, :, None]
    return scaled * (hidden.mean((1, 2)) / scaled.mean((1, 2)))[:, None, None]


def quick(seed):
    tokenizer = CLIPTokenizer.from_pretrained(common.OUT / "clip_tokenizer")
    encoder = model(
        seed,
        vocab_size=tokenizer.vocab_size,
        hidden_size=40,
        intermediate_size=88,
        num_hidden_layers=3,
        num_attention_heads=5,
        max_position_embeddings=77,
        hidden_act="quick_gelu",
        bos_token_id=0,
        eos_token_id=2,
        pad_token_id=1,
    )

    def ids(*prompts):
        return tokenizer(
            list(prompts), padding="max_length", max_length=77, truncation=True, return_tensors="pt"
        ).input_ids

    io = {}
    long = ", ".join([CAT] * 8)
    states(encoder, ids(CAT, "", "😀 猫 it's 8k", long), None, "prompts", io)
    half(encoder, ids(CAT, ""), "prompts", io)

    # "a photo of a (cat:1.5) [sitting] on a ((table))" token by token.
    plain = tokenizer("a photo of a cat sitting on a table").input_ids
    pieces = [("a photo of a", 1), ("cat", 1.5), ("sitting", 1 / 1.1), ("on a", 1), ("table", 1.1**2)]
    weights = [1.0]
    joined = [plain[0]]
    for text, weight in pieces:
        part = tokenizer(text, add_special_tokens=False).input_ids
        joined += part
        weights += [weight] * len(part)
    assert joined + [plain[-1]] == plain
    weights = torch.tensor([weights + [1.0] * (77 - len(weights))])
    row = ids("a photo of a cat sitting on a table")
    io["weighted.hidden"] = weighted(encoder(row).last_hidden_state, weights)
    io["weighted.pooled"] = encoder(row).pooler_output

    # 75 tokens a chunk, each with its own start and end.
    words = "wooden cat sitting "
    part = tokenizer(words * 40, add_special_tokens=False).input_ids
    count = -(-len(part) // 75)
    rows = torch.full((count, 77), tokenizer.pad_token_id)
    for i in range(count):
        chunk = [tokenizer.bos_token_id, *part[75 * i : 75 * i + 75], tokenizer.eos_token_id]
        rows[i, : len(chunk)] = torch.tensor(chunk)
    io["chunks.ids"] = rows
    io["chunks.hidden"] = encoder(rows).last_hidden_state.reshape(1, count * 77, -1)
    io["chunks.pooled"] = encoder(rows).pooler_output[:1]
    common.write("clip_text/quick", encoder, io, seed, "reference/make_clip_text.py")


def gelu(seed):
    encoder = model(
        seed,
        vocab_size=151,
        hidden_size=33,
        intermediate_size=50,
        num_hidden_layers=4,
        num_attention_heads=3,
        max_position_embeddings=23,
        hidden_act="gelu",
        layer_norm_eps=1e-4,
        bos_token_id=149,
        eos_token_id=120,
        pad_token_id=0,
    )
    random = torch.Generator().manual_seed(seed)
    ids = torch.randint(0, 120, (4, 23), generator=random)
    ids[:, 0] = 149
    ids[0, 7:] = 120
    ids[1, 22] = 120
    ids[2, [3, 9]] = torch.tensor([120, 120])
    # Row 3 has no end at all.
    mask = torch.ones(4, 23, dtype=torch.long)
    mask[0, 8:] = 0
    mask[2, 4:12] = 0
    io = {}
    states(encoder, ids, None, "whole", io)
    states(encoder, ids, mask, "masked", io)
    states(encoder, ids[:, :11], None, "short", io)
    half(encoder, ids, "whole", io)
    common.write("clip_text/gelu", encoder, io, seed, "reference/make_clip_text.py")


def older(name):
    """Names as files on disk have them since 2022; this version of transformers leaves out a part."""
    file = common.OUT / name / "model.safetensors"
    weights = {f"text_model.{key}": t for key, t in load_file(file).items()}
    weights["text_model.embeddings.position_ids"] = torch.arange(77)[None]
    save_file(weights, file, metadata={"format": "pt"})


quick(11)
gelu(12)
older("clip_text/quick")
