"""Makes core/src/test/resources/reference/clip_model/*: whole CLIPs, texts and pictures, in folders as people download them.

- old: as OpenAI's lie on the hub. The sizes that count stand in text_config_dict and vision_config_dict, quick_gelu, the tokenizer in
  vocab.json and merges.txt, the first layout of preprocessor_config.json
- new: as LAION's ViT-H: gelu, a projection_dim within both halves that does not count, mean and deviation of its own, the tokenizer in
  one file

Everything is computed by what transformers loads from these files again.
"""

import json
import shutil

import numpy
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPTokenizer

import common

TOKENIZER = common.OUT / "clip_tokenizer"
CAPTIONS = [
    "a photo of a cat sitting on a wooden table",
    "The little girl!",
    "waves crashing on the beach, time lapse of clouds " * 12,
]
SHAPES = {"wide": (37, 61), "tall": (90, 41), "square": (24, 24)}


def picture(seed, height, width):
    random = numpy.random.default_rng(seed)
    waves = numpy.add.outer(numpy.sin(numpy.arange(height) / 5), numpy.cos(numpy.arange(width) / (3 + seed)))
    noise = random.normal(0, 40, (height, width, 3))
    return numpy.clip(128 + 60 * waves[:, :, None] * [1, 0.4, -0.8] + noise, 0, 255).astype(numpy.uint8)


def write_json(file, value):
    file.write_text(json.dumps(value, indent=2) + "\n")


def make(name, seed, config, preprocessor, files):
    folder = common.OUT / "clip_model" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_json(folder / "config.json", config)
    write_json(folder / "preprocessor_config.json", preprocessor)
    for file in files:
        shutil.copy(TOKENIZER / file, folder)
    made = common.randomise(CLIPModel(CLIPConfig.from_pretrained(folder)), seed)
    made.text_model.embeddings.token_embedding.weight.mul_(4)
    weights = {k: t.contiguous() for k, t in made.state_dict().items()}
    if name == "old":
        # Buffers that files had until 2023.
        weights["text_model.embeddings.position_ids"] = torch.arange(77)[None]
        weights["vision_model.embeddings.position_ids"] = torch.arange(10)[None]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})

    clip = CLIPModel.from_pretrained(folder).eval()
    assert all(torch.equal(clip.state_dict()[k], t) for k, t in made.state_dict().items())
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    processor = CLIPImageProcessor.from_pretrained(folder)
    io = {}
    shown = []
    for i, (shape, size) in enumerate(SHAPES.items()):
        rgb = picture(i, *size)
        io[f"{shape}.rgb"] = torch.tensor(rgb)
        shown.append(processor(Image.fromarray(rgb), return_tensors="pt").pixel_values)
    tokens = tokenizer(CAPTIONS, padding=True, truncation=True, max_length=77, return_tensors="pt")
    assert tokens.input_ids.shape[1] == 77
    out = clip(pixel_values=torch.cat(shown), **tokens)
    io["shown"] = torch.cat(shown)
    io["pictures"] = clip.get_image_features(pixel_values=torch.cat(shown)).pooler_output
    io["texts"] = clip.get_text_features(**tokens).pooler_output
    # As the model itself compares them: pictures down, texts across.
    io["cosine"] = out.logits_per_image / clip.logit_scale.exp()
    assert torch.allclose(io["cosine"], torch.cosine_similarity(io["pictures"][:, None], io["texts"][None], dim=2), atol=1e-6)
    common.write(f"clip_model/{name}", None, io, seed, "reference/make_clip_model.py")


vocabulary = len(json.loads((TOKENIZER / "vocab.json").read_text(encoding="utf-8")))
OLD_TEXT = {"hidden_size": 24, "intermediate_size": 40, "num_attention_heads": 3, "num_hidden_layers": 2, "vocab_size": vocabulary}
OLD_VISION = {"hidden_size": 30, "image_size": 24, "intermediate_size": 50, "num_attention_heads": 3, "num_hidden_layers": 2, "patch_size": 8}
make(
    "old",
    61,
    {
        "architectures": ["CLIPModel"],
        "initializer_factor": 1.0,
        "logit_scale_init_value": 2.6592,
        "model_type": "clip",
        "projection_dim": 20,
        "text_config": {"hidden_size": 512, "model_type": "clip_text_model", "projection_dim": 512},
        "text_config_dict": OLD_TEXT | {"eos_token_id": vocabulary - 1, "projection_dim": 20},
        "vision_config": {"hidden_size": 768, "model_type": "clip_vision_model", "projection_dim": 512},
        "vision_config_dict": OLD_VISION | {"projection_dim": 20},
    },
    {
        "crop_size": 24,
        "do_center_crop": True,
        "do_normalize": True,
        "do_resize": True,
        "feature_extractor_type": "CLIPFeatureExtractor",
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
        "resample": 3,
        "size": 24,
    },
    ["vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"],
)
make(
    "new",
    62,
    {
        "architectures": ["CLIPModel"],
        "model_type": "clip",
        "projection_dim": 18,
        "text_config": {
            "eos_token_id": 2,
            "hidden_act": "gelu",
            "hidden_size": 28,
            "intermediate_size": 36,
            "model_type": "clip_text_model",
            "num_attention_heads": 2,
            "num_hidden_layers": 3,
            "projection_dim": 512,
            "vocab_size": vocabulary,
        },
        "vision_config": {
            "hidden_act": "gelu",
            "hidden_size": 32,
            "image_size": 28,
            "intermediate_size": 48,
            "model_type": "clip_vision_model",
            "num_attention_heads": 2,
            "num_hidden_layers": 3,
            "patch_size": 14,
            "projection_dim": 512,
        },
    },
    {
        "crop_size": {"height": 28, "width": 28},
        "do_center_crop": True,
        "do_convert_rgb": True,
        "do_normalize": True,
        "do_rescale": True,
        "do_resize": True,
        "image_mean": [0.5, 0.5, 0.4],
        "image_processor_type": "CLIPImageProcessor",
        "image_std": [0.5, 0.45, 0.5],
        "resample": 3,
        "rescale_factor": 0.00392156862745098,
        "size": {"shortest_edge": 28},
    },
    ["one_file/tokenizer.json"],
)
