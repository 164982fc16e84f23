"""Makes core/src/test/resources/reference/clip_vision/*: CLIP's vision encoder as IP-Adapter has it.

- gelu: patches of 14 as in ViT-H/14 and ViT-L/14, a picture of 28 pixels; gelu
- quick: quick_gelu, other sizes, weights named without the model's prefix
- pictures: pictures of odd shapes as CLIPImageProcessor shows them to the network
"""

import numpy
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection

import common


def vision(name, seed, **sizes):
    encoder = common.randomise(CLIPVisionModelWithProjection(CLIPVisionConfig(**sizes)), seed)
    side = sizes["image_size"]
    x = common.normal(seed + 100, 2, 3, side, side)
    out = encoder(x, output_hidden_states=True)
    nothing = encoder(torch.zeros_like(x[:1]), output_hidden_states=True)
    io = {
        "x": x,
        "embedded": out.image_embeds,
        "tokens": out.hidden_states[-2],
        "block0": out.hidden_states[0],
        "nothing": nothing.hidden_states[-2],
    }
    common.write(f"clip_vision/{name}", encoder, io, seed, "reference/make_clip_vision.py")


def renamed(name, change):
    file = common.OUT / name / "model.safetensors"
    save_file({change(k): t for k, t in load_file(file).items()}, file, metadata={"format": "pt"})


def whole(key):
    bare = key.startswith(("embeddings.", "encoder.", "pre_layrnorm.", "post_layernorm."))
    return f"vision_model.{key}" if bare else key


def pictures():
    random = numpy.random.default_rng(5)
    io = {}
    shapes = {"wide": (37, 61), "tall": (90, 41), "large": (150, 213), "same": (28, 40)}
    for name, (height, width) in shapes.items():
        waves = numpy.add.outer(numpy.sin(numpy.arange(height) / 5), numpy.cos(numpy.arange(width) / 7))
        noise = random.normal(0, 60, (height, width, 3))
        rgb = numpy.clip(128 + 50 * waves[:, :, None] + noise, 0, 255).astype(numpy.uint8)
        side = 28
        processor = CLIPImageProcessor(size={"shortest_edge": side}, crop_size=side)
        image = Image.fromarray(rgb)
        scaled = (side, int(side * height / width)) if width <= height else (int(side * width / height), side)
        by_pillow = numpy.array(image.resize(scaled, Image.Resampling.BICUBIC))
        top, left = (scaled[1] - side) // 2, (scaled[0] - side) // 2
        io[f"{name}.rgb"] = torch.tensor(rgb)
        io[f"{name}.pillow"] = torch.tensor(by_pillow[top : top + side, left : left + side])
        io[f"{name}.shown"] = processor(image, return_tensors="pt").pixel_values
    common.write("clip_vision/pictures", None, io, 5, "reference/make_clip_vision.py")


vision(
    "gelu",
    31,
    image_size=28,
    patch_size=14,
    hidden_size=32,
    intermediate_size=64,
    num_hidden_layers=3,
    num_attention_heads=2,
    hidden_act="gelu",
    projection_dim=24,
)
vision(
    "quick",
    32,
    image_size=24,
    patch_size=8,
    hidden_size=30,
    intermediate_size=50,
    num_hidden_layers=2,
    num_attention_heads=3,
    hidden_act="quick_gelu",
    layer_norm_eps=1e-4,
    projection_dim=10,
)
renamed("clip_vision/gelu", whole)
renamed("clip_vision/quick", lambda key: key.removeprefix("vision_model."))
pictures()
