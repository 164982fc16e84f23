"""unet3d/names.txt.gz: every weight of the published network: its name in diffusers, in ModelScope's own code, its shape.

ModelScope's names were held against scripts/convert_ms_text_to_video_to_diffusers.py of diffusers, which is not in its package: name
that file to hold them again.
"""

import gzip
import importlib.util
import re
import sys

import torch
from accelerate import init_empty_weights
from diffusers import UNet3DConditionModel

from common import OUT

RESNET = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0", "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
ENDS = {
    "conv_in": "input_blocks.0.0", "transformer_in": "input_blocks.0.1", "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2", "conv_norm_out": "out.0", "conv_out": "out.2",
}
PARTS = {"resnets": 0, "temp_convs": 0, "attentions": 1, "temp_attentions": 2}


def inner(kind, rest):
    if kind == "temp_convs":
        return "temopral_conv." + rest
    layer, _, weight = rest.rpartition(".")
    return f"{RESNET[layer]}.{weight}" if kind == "resnets" else rest


def original(name, blocks, attends):
    for ours, theirs in ENDS.items():
        if name.startswith(ours + "."):
            return theirs + name[len(ours) :]
    at = re.match(r"(down|up|mid)_blocks?\.(?:(\d)\.)?(\w+)\.(\d)\.(.+)", name)
    way, stage, kind, index, rest = at.groups()
    index = int(index)
    if way == "mid":
        return f"middle_block.{PARTS[kind] + 3 * index}.{inner(kind, rest)}"
    first = int(stage) * (blocks + 1) + (way == "down")
    if kind == "downsamplers":
        return f"input_blocks.{first + blocks}.op.{rest[len('conv.'):]}"
    if kind == "upsamplers":
        return f"output_blocks.{first + blocks}.{3 if attends(int(stage)) else 1}.{rest}"
    return f"{'input' if way == 'down' else 'output'}_blocks.{first + index}.{PARTS[kind]}.{inner(kind, rest)}"


def main():
    with init_empty_weights():
        unet = UNet3DConditionModel()
    state = unet.state_dict()
    names = {name: original(name, 2, lambda stage: stage > 0) for name in state}
    assert len(set(names.values())) == len(names)
    if len(sys.argv) > 1:
        spec = importlib.util.spec_from_file_location("converter", sys.argv[1])
        converter = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(converter)
        # Projections over time are convolutions of one place there.
        theirs = {
            names[name]: value.unsqueeze(-1) if "temp" in name or "transformer_in" in name and "proj_" in name else value
            for name, value in state.items()
        }
        back = converter.convert_ldm_unet_checkpoint(dict(theirs), {"class_embed_type": None, "layers_per_block": 2})
        assert back.keys() == state.keys()
        marked = {theirs: torch.tensor(float(i)) for i, theirs in enumerate(names.values())}
        back = converter.convert_ldm_unet_checkpoint(dict(marked), {"class_embed_type": None, "layers_per_block": 2})
        assert all(back[name] == marked[names[name]] for name in state)
        print("the converter says the same of", len(names))
    lines = [f"{name} {names[name]} {'x'.join(map(str, value.shape))}" for name, value in sorted(state.items())]
    with open(OUT / "unet3d/names.txt.gz", "wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:
        file.write(("\n".join(lines) + "\n").encode())
    (OUT / "unet3d/names.txt.gz").chmod(0o644)


if __name__ == "__main__":
    main()
