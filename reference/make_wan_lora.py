"""Makes core/src/test/resources/reference/wan_lora: LoRAs of the transformer of wan/t2v (made first) in the dialects that people have.

comfy        the first code's names, alpha, and updates that are given whole: diff, diff_b, diff_m
kohya, bare  the first code's names in kohya's spelling with alpha, and without any prefix
diffusers    diffusers' own names, with a bias on one of the factors

io: what goes in, and what comes out with each at its own strength. The expected outputs are those of a model whose weights were changed
by plain arithmetic; for `diffusers` that is held against the reference's own loader.
"""

import copy

import torch
from diffusers import WanTransformer3DModel
from safetensors.torch import load_file, save_file

import common

SEED = 141
OUT = common.OUT / "wan_lora"
RANK, ALPHA = 2, 3.0
LAYERS = {
    "blocks.0.self_attn.q": "blocks.0.attn1.to_q",
    "blocks.0.self_attn.o": "blocks.0.attn1.to_out.0",
    "blocks.1.cross_attn.v": "blocks.1.attn2.to_v",
    "blocks.1.ffn.0": "blocks.1.ffn.net.0.proj",
    "head.head": "proj_out",
    "time_projection.1": "condition_embedder.time_proj",
}
WHOLE = {
    "blocks.0.norm3.diff": "blocks.0.norm2.weight",
    "blocks.0.norm3.diff_b": "blocks.0.norm2.bias",
    "blocks.1.self_attn.norm_k.diff": "blocks.1.attn1.norm_k.weight",
    "blocks.0.self_attn.q.diff_b": "blocks.0.attn1.to_q.bias",
    "patch_embedding.diff": "patch_embedding.weight",
    "head.head.diff": "proj_out.weight",
    "head.head.diff_b": "proj_out.bias",
    "blocks.1.diff_m": "blocks.1.scale_shift_table",
    "head.diff_m": "scale_shift_table",
}


def main():
    base = WanTransformer3DModel.from_pretrained(common.OUT / "wan/t2v").eval()
    seen = load_file(common.OUT / "wan/t2v/io.safetensors")
    weights = dict(base.named_parameters())
    factors = {}
    for i, (first, ours) in enumerate(LAYERS.items()):
        out, ins = weights[ours + ".weight"].shape
        factors[first] = common.normal(SEED + i, RANK, ins, std=0.4), common.normal(SEED + 20 + i, out, RANK, std=0.4)
    whole = {
        name: common.normal(SEED + 40 + i, *weights[ours].shape, std=0.2) for i, (name, ours) in enumerate(WHOLE.items())
    }
    bias = common.normal(SEED + 60, weights["proj_out.bias"].shape[0], std=0.3)

    def run(scale, alpha, more, biased=False):
        model = copy.deepcopy(base)
        held = dict(model.named_parameters())
        for first, (down, up) in factors.items():
            held[LAYERS[first] + ".weight"].add_(scale * alpha / RANK * up @ down)
        for name, delta in more.items():
            held[WHOLE[name]].add_(scale * delta)
        if biased:
            held["proj_out.bias"].add_(scale * alpha / RANK * bias)
        t_BF = seen["t.frames"]
        return model(seen["z"], t_BF.repeat_interleave(12, 1), seen["text"]).sample, model

    io = {"z": seen["z"], "text": seen["text"], "t.frames": seen["t.frames"]}
    io["out.comfy"], _ = run(0.7, ALPHA, whole)
    io["out.kohya"], _ = run(0.9, ALPHA, {})
    io["out.bare"], _ = run(1.0, RANK, {})
    io["out.diffusers"], _ = run(1.0, RANK, {}, True)
    common.write("wan_lora", None, io, SEED)

    comfy, kohya, bare, diffusers = {}, {}, {}, {}
    for first, (down, up) in factors.items():
        comfy[f"diffusion_model.{first}.lora_down.weight"] = down
        comfy[f"diffusion_model.{first}.lora_up.weight"] = up
        comfy[f"diffusion_model.{first}.alpha"] = torch.tensor(ALPHA)
        flat = "lora_unet_" + first.replace(".", "_")
        kohya[flat + ".lora_down.weight"], kohya[flat + ".lora_up.weight"] = down, up
        kohya[flat + ".alpha"] = torch.tensor(ALPHA)
        bare[first + ".lora_A.weight"], bare[first + ".lora_B.weight"] = down, up
        ours = "transformer." + LAYERS[first]
        diffusers[ours + ".lora_A.weight"], diffusers[ours + ".lora_B.weight"] = down, up
    comfy |= {f"diffusion_model.{name}": delta for name, delta in whole.items()}
    diffusers["transformer.proj_out.lora_B.bias"] = bias
    for name, tensors in {"comfy": comfy, "kohya": kohya, "bare": bare, "diffusers": diffusers}.items():
        save_file({k: v.contiguous().clone() for k, v in tensors.items()}, OUT / f"{name}.safetensors")

    model = copy.deepcopy(base)
    own = {k: v for k, v in diffusers.items() if not k.endswith("bias")}
    model.load_lora_adapter(own, prefix="transformer")
    t_BF = seen["t.frames"]
    theirs = model(seen["z"], t_BF.repeat_interleave(12, 1), seen["text"]).sample
    expected, _ = run(1.0, RANK, {})
    print("the reference's loader:", ((theirs - expected).abs().max() / expected.abs().max()).item())


if __name__ == "__main__":
    main()
