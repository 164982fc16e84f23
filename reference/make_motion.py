"""motion/v1, motion/v2: a MotionAdapter beside an image U-Net, and the UNetMotionModel of both, tiny.

motion/v1 has no module at the bottom, as versions 1 and 3 of AnimateDiff's weights; motion/v2 has
one. Beside each adapter, original.safetensors holds the same weights by the names of the original
single file (with its tables of positions), and image/ the U-Net. The original's names are checked
here against the converter of diffusers.
"""

import torch
from diffusers import MotionAdapter, UNet2DConditionModel, UNetMotionModel
from diffusers.loaders.single_file_utils import convert_animatediff_checkpoint_to_diffusers
from safetensors.torch import save_file

from common import OUT, bf16, halved, keep, normal, randomise, write


def original(state):
    """The names of the original files; their tables of positions lie in each attention."""
    names = (
        (".attn1.", ".attention_blocks.0."),
        (".attn2.", ".attention_blocks.1."),
        (".norm1.", ".norms.0."),
        (".norm2.", ".norms.1."),
        (".norm3.", ".ff_norm."),
    )
    converted = {}
    for key, value in state.items():
        head, rest = key.split("motion_modules.")
        index, rest = rest.split(".", 1)
        place = f"{head}motion_modules.{index}.temporal_transformer."
        if "pos_embed.pe" in rest:
            for i in range(2):
                name = rest.replace("pos_embed.pe", f"attention_blocks.{i}.pos_encoder.pe")
                converted[place + name] = value.clone()
            continue
        rest = "." + rest
        for ours, theirs in names:
            rest = rest.replace(ours, theirs)
        converted[place + rest[1:]] = value
    back = convert_animatediff_checkpoint_to_diffusers(converted)
    assert back.keys() == {k for k in state if not k.endswith("pe")}
    assert all(torch.equal(back[k], state[k]) for k in back)
    return converted


def make(name, seed, shape, middle, length, image, **motion):
    unet = randomise(UNet2DConditionModel(**image), seed)
    adapter = MotionAdapter(
        block_out_channels=image["block_out_channels"],
        motion_layers_per_block=image["layers_per_block"],
        motion_norm_num_groups=image["norm_num_groups"],
        motion_max_seq_length=length,
        use_motion_mid_block=middle,
        **motion,
    )
    randomise(adapter, seed + 1)
    video = UNetMotionModel.from_unet2d(unet, adapter).eval()
    batch, _, frames, _, _ = shape
    sample = normal(seed + 2, *shape)
    text = normal(seed + 3, batch, 6, image["cross_attention_dim"])
    timesteps = torch.tensor([761.0, 20.0][:batch])
    kept = {}
    hook = keep(video, "down_blocks.0.motion_modules.0", kept)
    tensors = {
        "sample": sample,
        "timestep": timesteps,
        "encoder_hidden_states": text,
        "out": video(sample, timesteps, text.repeat_interleave(frames, 0)).sample,
    }
    hook.remove()
    tensors["at.motion"] = kept["down_blocks.0.motion_modules.0"]
    rows = text.repeat_interleave(frames, 0)
    tensors["out.bf16"] = halved(video)(*bf16(sample), timesteps, *bf16(rows)).sample.float()
    # Each frame its own text: what prompt travel asks for.
    texts = normal(seed + 4, batch * frames, 6, image["cross_attention_dim"])
    tensors["encoder_hidden_states.each"] = texts
    tensors["out.each"] = video(sample, timesteps, texts).sample
    # The clip in one frame.
    tensors["out.still"] = video(sample[:, :, :1], timesteps, text).sample
    write(name, adapter, tensors, seed, "reference/make_motion.py")
    write(name + "/image", unet, {}, seed, "reference/make_motion.py")
    (OUT / name / "image/io.safetensors").unlink()
    save_file(original(adapter.state_dict()), OUT / name / "original.safetensors")
    (OUT / name / "original.safetensors").chmod(0o644)
    return video


if __name__ == "__main__":
    make(
        "motion/v1", 21, (2, 4, 5, 5, 6), False, 24,
        dict(
            block_out_channels=(8, 16),
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
            layers_per_block=1, norm_num_groups=4, attention_head_dim=2, cross_attention_dim=12,
        ),
        motion_num_attention_heads=4,
    )
    video = make(
        "motion/v2", 22, (1, 4, 6, 7, 3), True, 32,
        dict(
            block_out_channels=(8, 8),
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
            layers_per_block=2, norm_num_groups=4, attention_head_dim=2, cross_attention_dim=12,
        ),
        motion_num_attention_heads=2,
    )
    # The same as one network, as UNetMotionModel saves itself.
    write("motion/whole", video, {}, 22, "reference/make_motion.py")
    (OUT / "motion/whole/io.safetensors").unlink()
