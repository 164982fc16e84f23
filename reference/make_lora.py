"""lora: LoRAs of the tiny Stable Diffusion U-Net (unet/sd1) in four dialects, and what it makes with them.

The files are written by the libraries that people write them with: PEFT, diffusers, and diffusers'
conversion to kohya's names. The older diffusers' names are those of its attention processors.
"""

import shutil

import torch
from diffusers import UNet2DConditionModel
from diffusers.loaders import StableDiffusionLoraLoaderMixin as Loader
from diffusers.utils import convert_state_dict_to_kohya
from peft import LoraConfig, get_peft_model
from peft.utils import get_peft_model_state_dict
from safetensors.torch import save_file

from common import OUT, normal, write

SEED = 31
BASE = OUT / "unet/sd1"
FOLDER = OUT / "lora"

# Linear layers, point-wise convolutions, convolutions of 3x3, also with a stride.
LAYERS = (
    r".*(attn[12]\.to_(q|k|v|out\.0)|ff\.net\.0\.proj|ff\.net\.2|proj_(in|out)|conv1|time_emb_proj"
    r"|conv_shortcut|downsamplers\.0\.conv)"
)
ATTENTION = r".*attn[12]\.to_(q|k|v|out\.0)"


def base():
    return UNet2DConditionModel.from_pretrained(BASE)


def trained(config, seed):
    """A U-Net with a LoRA whose every number is random."""
    model = get_peft_model(base(), config)
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in sorted(model.named_parameters()):
        if "lora_" in name:
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.2)
    return model.eval()


def loaded(source, scale, fused, **names):
    """What diffusers makes of a file."""
    unet = base()
    state, alphas, metadata = Loader.lora_state_dict(
        source, unet_config=unet.config, return_lora_metadata=True, **names
    )
    Loader.load_lora_into_unet(state, alphas, unet, adapter_name="it", metadata=metadata)
    if fused:
        unet.fuse_lora(lora_scale=scale)
    else:
        unet.set_adapters("it", [scale])
    return unet.eval()


def run(unet, io):
    return unet(io["sample"], io["timestep"], io["encoder_hidden_states"]).sample


def near(a, b):
    assert ((a - b).abs().max() / b.abs().max()) < 2e-6, (a - b).abs().max()


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    io = {
        "sample": normal(SEED, 2, 4, 9, 7),
        "timestep": torch.tensor([17.0, 801.0]),
        "encoder_hidden_states": normal(SEED + 1, 2, 5, 24),
    }
    io["out.bare"] = run(base(), io)

    # One strength for all: every dialect can say it.
    model = trained(LoraConfig(r=4, lora_alpha=6, target_modules=LAYERS), SEED + 2)
    (FOLDER / "peft").mkdir(parents=True)
    model.save_pretrained(FOLDER / "peft")
    (FOLDER / "peft/README.md").unlink(missing_ok=True)
    expected = run(model, io)
    state = {
        k.removeprefix("base_model.model."): v
        for k, v in get_peft_model_state_dict(model).items()
    }
    Loader.save_lora_weights(
        FOLDER,
        unet_lora_layers=state,
        unet_lora_adapter_metadata=model.peft_config["default"].to_dict(),
        weight_name="diffusers.safetensors",
    )
    prefixed = {"base_model.model." + k: v for k, v in state.items()}
    kohya = {}
    for key, value in convert_state_dict_to_kohya(prefixed).items():
        name = "lora_unet_" + key.removeprefix("base_model_model_")
        kohya[name] = value.contiguous().clone()
    for key in [k for k in kohya if k.endswith(".alpha")]:
        kohya[key] = torch.tensor(6.0)
    names = {k.split(".")[0].removeprefix("lora_unet_").replace("_", ".") for k in kohya}
    assert names == {k.split(".lora_")[0].replace("_", ".") for k in state}
    save_file(kohya, FOLDER / "kohya.safetensors")
    near(run(loaded(str(FOLDER), 1.0, False, weight_name="diffusers.safetensors"), io), expected)
    near(run(loaded({k: v.clone() for k, v in kohya.items()}, 1.0, False), io), expected)
    io["out"] = expected
    io["out.half"] = run(
        loaded(str(FOLDER), 0.5, False, weight_name="diffusers.safetensors"), io
    )
    fused = loaded(str(FOLDER), 0.5, True, weight_name="diffusers.safetensors")
    near(run(fused, io), io["out.half"])
    for layer in (
        "down_blocks.0.resnets.0.conv1",
        "down_blocks.0.downsamplers.0.conv",
        "down_blocks.0.attentions.0.proj_in",
        "mid_block.attentions.0.transformer_blocks.0.attn2.to_k",
    ):
        module = fused.get_submodule(layer)
        io["fused." + layer] = getattr(module, "base_layer", module).weight

    # Strengths and ranks of their own, scaled by the root of the rank.
    ranks = trained(
        LoraConfig(
            r=3,
            lora_alpha=2,
            use_rslora=True,
            rank_pattern={"attn1.to_q": 5, "ff.net.2": 1},
            alpha_pattern={"attn1.to_q": 7, r"attn2\.to_[kv]": 1},
            target_modules=LAYERS,
        ),
        SEED + 3,
    )
    (FOLDER / "patterns").mkdir()
    ranks.save_pretrained(FOLDER / "patterns")
    (FOLDER / "patterns/README.md").unlink(missing_ok=True)
    io["out.patterns"] = run(ranks, io)

    # Attention processors, as diffusers named them before it used PEFT.
    old = trained(LoraConfig(r=2, lora_alpha=2, target_modules=ATTENTION), SEED + 4)
    processors = {}
    for key, value in get_peft_model_state_dict(old).items():
        layer, factor = key.removeprefix("base_model.model.").split(".lora_")
        attention, _, to = layer.rpartition(".to_")
        name = f"unet.{attention}.processor.to_{to.removesuffix('.0')}_lora"
        name += ".down.weight" if factor.startswith("A") else ".up.weight"
        processors[name] = value.contiguous().clone()
    save_file(processors, FOLDER / "processors.safetensors")
    io["out.processors"] = run(old, io)
    near(run(loaded({k: v.clone() for k, v in processors.items()}, 1.0, False), io), io["out.processors"])

    write("lora", None, io, SEED)
