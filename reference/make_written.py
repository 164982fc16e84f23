"""written: names and shapes of files of full size for Stable Diffusion 1.5, from diffusers' classes with their own defaults, no weights.

motion-module.txt.gz is what the official file of version 3 holds by the rule of diffusers' conversion script, read backwards; kohya.txt.gz
a LoRA of rank 8 on the U-Net's attentions by kohya's rule; motion-lora.txt.gz of rank 64 on the modules. A line is: name, sizes.
"""

import gzip

import torch
from diffusers import MotionAdapter, UNet2DConditionModel

from common import OUT

UNET = {"cross_attention_dim": 768, "attention_head_dim": 8, "sample_size": 64}


def save(name, shapes):
    lines = "".join(f"{k} {' '.join(map(str, v))}".rstrip() + "\n" for k, v in sorted(shapes.items()))
    folder = OUT / "written"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{name}.txt.gz", "wb") as raw:
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as out:
            out.write(lines.encode())
    print(name, len(shapes))


def place(key):
    return key.replace(".transformer_blocks.", ".temporal_transformer.transformer_blocks.")


if __name__ == "__main__":
    with torch.device("meta"):
        unet = UNet2DConditionModel(**UNET)
        adapter = MotionAdapter(use_motion_mid_block=False, motion_max_seq_length=32)
    save(
        "motion-adapter",
        {k: tuple(v.shape) for k, v in adapter.state_dict().items()},
    )
    module, lora = {}, {}
    for key, value in adapter.state_dict().items():
        shape = tuple(value.shape)
        head, _, rest = key.partition(".transformer_blocks.")
        if not rest:
            module_name, _, leaf = key.rpartition("motion_modules.")[2].partition(".")
            stem = key[: len(key) - len(leaf)]
            module[stem + "temporal_transformer." + leaf] = shape
            continue
        stem = head + ".temporal_transformer.transformer_blocks."
        if rest.endswith("pos_embed.pe"):
            for i in "01":
                module[stem + f"0.attention_blocks.{i}.pos_encoder.pe"] = shape
            continue
        rest = (
            rest.replace("attn1", "attention_blocks.0")
            .replace("attn2", "attention_blocks.1")
            .replace("norm1", "norms.0")
            .replace("norm2", "norms.1")
            .replace("norm3", "ff_norm")
        )
        module[stem + rest] = shape
        if ".to_" in rest and rest.endswith("weight"):
            attention, to = rest.removesuffix(".weight").split(".to_")
            name = f"{stem}{attention}.processor.to_{to.removesuffix('.0')}_lora"
            lora[name + ".down.weight"] = (64, shape[1])
            lora[name + ".up.weight"] = (shape[0], 64)
    save("motion-module", module)
    save("motion-lora", lora)
    kohya = {}
    for key, value in unet.state_dict().items():
        if ".to_" in key and key.endswith("weight"):
            name = "lora_unet_" + key.removesuffix(".weight").replace(".", "_")
            kohya[name + ".lora_down.weight"] = (8, value.shape[1])
            kohya[name + ".lora_up.weight"] = (value.shape[0], 8)
            kohya[name + ".alpha"] = ()
    save("kohya", kohya)
