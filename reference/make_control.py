"""control/*: ControlNets and SparseCtrls, tiny, and what a U-Net makes of their residuals.

control/canny   ControlNetModel; alone, scaled, in guess mode; beside a second one and a U-Net
control/pooled  the same with global_pool_conditions and channels in the order bgr
control/sparse  SparseControlNetModel on pictures, with a mask of given frames
control/latent  the same on latents (use_simplified_condition_embedding), beside a UNetMotionModel
"""

import torch
from diffusers import (
    ControlNetModel,
    MotionAdapter,
    SparseControlNetModel,
    UNet2DConditionModel,
    UNetMotionModel,
)

from common import OUT, bf16, halved, normal, randomise, write

IMAGE = dict(
    block_out_channels=(8, 16),
    down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
    up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
    layers_per_block=1, norm_num_groups=4, attention_head_dim=2, cross_attention_dim=12,
)
CONTROL = {k: v for k, v in IMAGE.items() if k != "up_block_types"}
FRAMES, HEIGHT, WIDTH = 3, 5, 6
HOW = "reference/make_control.py"


def outputs(prefix, out):
    down, mid = out
    return {f"{prefix}.{i}": r for i, r in enumerate(down)} | {f"{prefix}.mid": mid}


def canny():
    seed = 31
    unet = randomise(UNet2DConditionModel(**IMAGE), seed)
    first = randomise(ControlNetModel(conditioning_embedding_out_channels=(4, 6, 8, 8), **CONTROL), seed + 1)
    second = randomise(ControlNetModel(conditioning_embedding_out_channels=(4, 6, 8, 8), **CONTROL), seed + 2)
    sample = normal(seed + 3, FRAMES, 4, HEIGHT, WIDTH)
    text = normal(seed + 4, FRAMES, 7, 12)
    t = torch.tensor([3.0, 500.0, 990.0])
    hints = [normal(seed + 5 + i, FRAMES, 3, 8 * HEIGHT, 8 * WIDTH).sigmoid() for i in range(2)]

    def run(net, i, scale=1.0, guess=False):
        return net(sample, t, text, hints[i], conditioning_scale=scale, guess_mode=guess, return_dict=False)

    plain, half, guess = run(first, 0), run(first, 0, 0.5), run(first, 0, 0.8, True)
    other = run(second, 1, 0.7)
    tensors = {"sample": sample, "timestep": t, "encoder_hidden_states": text}
    tensors |= {"hint.0": hints[0], "hint.1": hints[1]}
    tensors |= outputs("plain", plain) | outputs("guess", guess)
    tensors["plain.mid.bf16"] = halved(first)(*bf16(sample), t, *bf16(text, hints[0]), return_dict=False)[1].float()
    tensors["out.half"] = unet(
        sample, t, text, down_block_additional_residuals=half[0], mid_block_additional_residual=half[1]
    ).sample
    tensors["out.both"] = unet(
        sample, t, text,
        down_block_additional_residuals=[a + b for a, b in zip(half[0], other[0])],
        mid_block_additional_residual=half[1] + other[1],
    ).sample
    write("control/canny", first, tensors, seed, HOW)
    for name, net in (("second", second), ("image", unet)):
        write("control/canny/" + name, net, {}, seed, HOW)
        (OUT / "control/canny" / name / "io.safetensors").unlink()


def pooled():
    seed = 41
    config = CONTROL | dict(
        layers_per_block=2, use_linear_projection=True, global_pool_conditions=True,
        controlnet_conditioning_channel_order="bgr", conditioning_embedding_out_channels=(4, 4),
    )
    net = randomise(ControlNetModel(**config), seed)
    sample = normal(seed + 1, FRAMES, 4, HEIGHT, WIDTH)
    text = normal(seed + 2, FRAMES, 7, 12)
    t = torch.tensor([900.0, 40.0, 500.0])
    hint = normal(seed + 3, FRAMES, 3, 2 * HEIGHT, 2 * WIDTH).sigmoid()
    out = net(sample, t, text, hint, conditioning_scale=1.3, return_dict=False)
    tensors = {"sample": sample, "timestep": t, "encoder_hidden_states": text, "hint.0": hint}
    write("control/pooled", net, tensors | outputs("plain", out), seed, HOW)


def sparse(name, seed, simple, **config):
    types = ("CrossAttnDownBlockMotion", "DownBlockMotion")
    net = SparseControlNetModel(
        **(CONTROL | dict(down_block_types=types)),
        motion_num_attention_heads=4, motion_max_seq_length=16,
        use_simplified_condition_embedding=simple, **config,
    )
    randomise(net, seed)
    batch, scale = 2, 1 if simple else 8
    channels = 4 if simple else 3
    sample = normal(seed + 1, batch, 4, FRAMES, HEIGHT, WIDTH)
    text = normal(seed + 2, batch, 7, 12)
    t = torch.tensor([801.0, 44.0])
    mask = torch.zeros(batch, 1, FRAMES, scale * HEIGHT, scale * WIDTH)
    mask[:, :, 1] = 1
    hint = normal(seed + 3, batch, channels, FRAMES, scale * HEIGHT, scale * WIDTH) * mask
    each = text.repeat_interleave(FRAMES, 0)
    out = net(sample, t, each, hint, conditioning_mask=mask, conditioning_scale=0.9, return_dict=False)
    tensors = {
        "sample": sample, "timestep": t, "encoder_hidden_states": text,
        "hint.0": hint, "mask.0": mask,
    } | outputs("plain", out)
    half = halved(net)(
        *bf16(sample), t, *bf16(each, hint), conditioning_mask=mask.to(torch.bfloat16), conditioning_scale=0.9,
        return_dict=False,
    )
    tensors["plain.mid.bf16"] = half[1].float()
    if simple:
        unet = randomise(UNet2DConditionModel(**IMAGE), seed + 4)
        adapter = MotionAdapter(
            block_out_channels=(8, 16), motion_layers_per_block=1, motion_norm_num_groups=4,
            motion_num_attention_heads=4, motion_max_seq_length=16, use_motion_mid_block=False,
        )
        video = UNetMotionModel.from_unet2d(unet, randomise(adapter, seed + 5)).eval()
        tensors["out"] = video(
            sample, t, each, down_block_additional_residuals=out[0], mid_block_additional_residual=out[1]
        ).sample
        write(name + "/video", video, {}, seed, HOW)
        (OUT / name / "video/io.safetensors").unlink()
    write(name, net, tensors, seed, HOW)


if __name__ == "__main__":
    canny()
    pooled()
    sparse("control/sparse", 51, False, conditioning_channels=3, conditioning_embedding_out_channels=(4, 6, 8, 8))
    sparse("control/latent", 61, True, conditioning_channels=4)
