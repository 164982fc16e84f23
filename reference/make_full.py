"""A full-size Stable Diffusion 1.5 with AnimateDiff's motion modules (version 2), random weights, never committed.

    python reference/make_full.py FOLDER [--format f16|f32]

Shapes, names and files are those of the real models, so that speed and memory are, too; the weights are so small that
nothing overflows in half precision. FOLDER becomes an AnimateDiffPipeline (1.5 billion numbers: 3 GB in f16, as people
have them, 6 GB in f32); its unet and motion_adapter are of use alone. Both formats come from the same numbers, those of
f32 being the f16 ones exactly. The tokenizer is that of the fixtures, its list of words filled up to 49408.
"""

import argparse
import json
import pathlib
import shutil

import torch
from diffusers import AutoencoderKL, MotionAdapter, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONFIGS = ROOT / "core/src/main/resources/io/zoetrope/pipeline/family/stable-diffusion-1"
TOKENIZER = ROOT / "core/src/test/resources/reference/clip_tokenizer"
WORDS = 49408


def config(part):
    return json.loads((CONFIGS / part / "config.json").read_text())


def write_json(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n")


def weights(state, seed, dtype):
    """Uniform numbers: matrices keep the variance of what passes through, scales are about 1, biases about 0."""
    generator = torch.Generator().manual_seed(seed)
    for name in sorted(state):
        shape, wide = state[name].shape, state[name].dtype.is_floating_point
        if not wide or name.endswith("pos_embed.pe"):  # ids, and a table of sinusoids: neither is learned
            continue
        t = torch.empty(shape).uniform_(-1, 1, generator=generator)
        if t.dim() > 1:
            t *= (3 / t[0].numel()) ** 0.5 * (0.02 * t[0].numel() ** 0.5 if "embedding" in name else 1)
        elif name.endswith("weight"):
            t.mul_(0.1).add_(1)
        else:
            t *= 0.1
        yield name, t.to(torch.float16).to(dtype)


def component(folder, settings, state, file, seed, dtype):
    write_json(folder / "config.json", settings)
    named = dict(weights(state, seed, dtype))
    save_file(named, folder / file, metadata={"format": "pt"})
    (folder / file).chmod(0o644)
    print(f"{folder}: {sum(t.numel() for t in named.values()) / 1e6:.0f} M", flush=True)


def tokenizer(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("merges.txt", "special_tokens_map.json", "tokenizer_config.json"):
        shutil.copyfile(TOKENIZER / name, folder / name)
    words = json.loads((TOKENIZER / "vocab.json").read_text())
    words = {w: i for w, i in words.items() if not w.startswith("<|")}
    ids = set(words.values())
    unused = (i for i in range(WORDS - 2) if i not in ids)
    words |= {f"<unused{i}>": i for i in unused}
    words |= {"<|startoftext|>": WORDS - 2, "<|endoftext|>": WORDS - 1}
    write_json(folder / "vocab.json", words)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--format", choices=("f16", "f32"), default="f16")
    options = parser.parse_args()
    folder = options.folder
    dtype = torch.float16 if options.format == "f16" else torch.float32
    motion = {
        "block_out_channels": [320, 640, 1280, 1280],
        "motion_layers_per_block": 2,
        "motion_max_seq_length": 32,
        "motion_mid_block_layers_per_block": 1,
        "motion_norm_num_groups": 32,
        "motion_num_attention_heads": 8,
        "use_motion_mid_block": True,
    }
    with torch.device("meta"):
        unet = UNet2DConditionModel.from_config(config("unet")).state_dict()
        adapter = MotionAdapter(**motion).state_dict()
        vae = AutoencoderKL.from_config(config("vae")).state_dict()
        text = CLIPTextModel(CLIPTextConfig(**config("text_encoder"))).state_dict()
    if not next(iter(text)).startswith("text_model."):
        text = {"text_model." + name: tensor for name, tensor in text.items()}
    diffusers = "diffusion_pytorch_model.safetensors"
    component(folder / "unet", config("unet"), unet, diffusers, 1, dtype)
    component(folder / "motion_adapter", {"_class_name": "MotionAdapter"} | motion, adapter, diffusers, 2, dtype)
    component(folder / "vae", config("vae"), vae, diffusers, 3, dtype)
    component(folder / "text_encoder", config("text_encoder"), text, "model.safetensors", 4, dtype)
    tokenizer(folder / "tokenizer")
    write_json(
        folder / "scheduler/scheduler_config.json",
        {
            "_class_name": "DDIMScheduler",
            "beta_start": 0.00085,
            "beta_end": 0.012,
            "beta_schedule": "linear",
            "clip_sample": False,
            "num_train_timesteps": 1000,
            "prediction_type": "epsilon",
            "set_alpha_to_one": False,
            "steps_offset": 1,
            "timestep_spacing": "linspace",
        },
    )
    write_json(
        folder / "model_index.json",
        {
            "_class_name": "AnimateDiffPipeline",
            "feature_extractor": [None, None],
            "image_encoder": [None, None],
            "motion_adapter": ["diffusers", "MotionAdapter"],
            "scheduler": ["diffusers", "DDIMScheduler"],
            "text_encoder": ["transformers", "CLIPTextModel"],
            "tokenizer": ["transformers", "CLIPTokenizer"],
            "unet": ["diffusers", "UNet2DConditionModel"],
            "vae": ["diffusers", "AutoencoderKL"],
        },
    )


if __name__ == "__main__":
    main()
