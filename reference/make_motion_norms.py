"""motion/norms: what the modules of motion/v1 and motion/v2 say under norms that reach otherwise.

diffusers normalises a clip as one in motion modules, and each frame in the image network. The public code of
AnimateDiff reshapes to (b f) c h w before the module's norm (motion_module.py, TemporalTransformer3DModel.forward), and
its first version left the norms of residual blocks over b c f h w (resnet.py, without use_inflated_groupnorm). Both are
restated here by putting another norm in place of diffusers' own, on the same weights and inputs.
"""

import torch
from diffusers import MotionAdapter, UNet2DConditionModel, UNetMotionModel
from safetensors.torch import load_file

from common import OUT, write


class EachFrame(torch.nn.Module):
    """A norm of b c f h w over each frame."""

    def __init__(self, norm):
        super().__init__()
        self.norm = norm

    def forward(self, x):
        b, c, f, h, w = x.shape
        rows = x.permute(0, 2, 1, 3, 4).reshape(b * f, c, h, w)
        return self.norm(rows).reshape(b, f, c, h, w).permute(0, 2, 1, 3, 4)


class WholeClip(torch.nn.Module):
    """A norm of (b f) c h w over all frames of each clip."""

    def __init__(self, norm, frames):
        super().__init__()
        self.norm = norm
        self.frames = frames

    def forward(self, x):
        n, c, h, w = x.shape
        clips = x.reshape(n // self.frames, self.frames, c, h, w).permute(0, 2, 1, 3, 4)
        return self.norm(clips).permute(0, 2, 1, 3, 4).reshape(n, c, h, w)


def network(name):
    unet = UNet2DConditionModel.from_pretrained(OUT / name / "image")
    return UNetMotionModel.from_unet2d(unet, MotionAdapter.from_pretrained(OUT / name)).eval()


def answer(name, modules, resnets):
    video = network(name)
    given = load_file(OUT / name / "io.safetensors")
    frames = given["sample"].shape[2]
    for path, module in list(video.named_modules()):
        if modules == "frame" and path.rpartition(".")[0].endswith("motion_modules"):
            module.norm = EachFrame(module.norm)
        if resnets == "clip" and path.rpartition(".")[0].endswith("resnets"):
            module.norm1 = WholeClip(module.norm1, frames)
            module.norm2 = WholeClip(module.norm2, frames)
    if resnets == "clip":
        video.conv_norm_out = WholeClip(video.conv_norm_out, frames)
    rows = given["encoder_hidden_states"].repeat_interleave(frames, 0)
    out = video(given["sample"], given["timestep"], rows).sample
    if (modules, resnets) == ("clip", "frame"):
        assert torch.allclose(out, given["out"], atol=1e-5), "not what motion/ says"
    return out


if __name__ == "__main__":
    answer("motion/v1", "clip", "frame")
    tensors = {
        f"{version}.{modules},{resnets}": answer(f"motion/{version}", modules, resnets)
        for version in ("v1", "v2")
        for modules, resnets in (("frame", "frame"), ("frame", "clip"), ("clip", "clip"))
    }
    write("motion/norms", None, tensors, 0, "reference/make_motion_norms.py")
