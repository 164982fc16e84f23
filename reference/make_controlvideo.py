"""controlvideo: ControlVideo's sampling, restated, on the tiny Stable Diffusion of animatediff/model.

Zhang et al., "ControlVideo: Training-free Controllable Text-to-Video Generation" (2023). What is
restated here by what the paper says: attn1 of the U-Net with the keys and values of all frames, or of
the two key frames of a clip; one noise for all frames; the interleaved-frame smoother (by the mean of
neighbours) as a change of x0 within a step of DDIM that keeps eps; key frames first. Norms of the U-Net are
those of frames.
"""

import json

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL, ControlNetModel, DDIMScheduler, UNet2DConditionModel
from transformers import CLIPTextModel, PreTrainedTokenizerFast

from common import OUT, normal, randomise, write

FRAMES, SIDE, STEPS, GUIDANCE, SEED = 7, 4, 5, 3.0, 71
SMOOTHED = {2: 1, 3: 2}  # step -> its first frame: odd ones, then even ones
MODEL = OUT / "animatediff/model"


class Seen:
    """Self-attention of frames with the keys and values of some of them; cross-attention as it is."""

    frames, which = 1, None

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None):
        own = encoder_hidden_states is None
        context = hidden_states if own else encoder_hidden_states
        q, k, v = attn.to_q(hidden_states), attn.to_k(context), attn.to_v(context)
        if own:
            k, v = (self.gather(x) for x in (k, v))
        q, k, v = (x.unflatten(-1, (attn.heads, -1)).transpose(1, 2) for x in (q, k, v))
        return attn.to_out[0](F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))

    def gather(self, x):
        clips = x.unflatten(0, (-1, self.frames))
        seen = clips[:, list(self.which)].flatten(1, 2)
        return seen.unsqueeze(1).expand(-1, self.frames, -1, -1).flatten(0, 1)


def keys(frames):
    window = max(3, int(frames**0.5))
    return sorted({*range(0, frames - 1, window - 1), frames - 1})


class Models:
    def __init__(self):
        self.unet = UNet2DConditionModel.from_pretrained(MODEL / "unet").eval()
        self.vae = AutoencoderKL.from_pretrained(MODEL / "vae").eval()
        control = ControlNetModel.from_unet(self.unet, conditioning_embedding_out_channels=(4, 6, 8, 8))
        self.control = randomise(control, SEED)
        self.seen = Seen()
        self.unet.set_attn_processor(self.seen)
        self.scheduler = DDIMScheduler.from_pretrained(MODEL / "scheduler")
        self.scheduler.set_timesteps(STEPS)
        tokenizer = PreTrainedTokenizerFast.from_pretrained(MODEL / "tokenizer")
        encoder = CLIPTextModel.from_pretrained(MODEL / "text_encoder").eval()
        ids = tokenizer(["a dog", "a cat"], padding="max_length", max_length=77, return_tensors="pt").input_ids
        self.text = encoder(ids).last_hidden_state

    def eps(self, z, t, hint, which):
        """Of some frames, which see some of each other, for both branches of guidance."""
        n = len(z)
        self.seen.frames, self.seen.which = n, which
        both, hints = torch.cat([z, z]), torch.cat([hint, hint])
        text = self.text.repeat_interleave(n, 0)
        down, mid = self.control(both, t, text, hints, return_dict=False)
        away, to = self.unet(
            both, t, text, down_block_additional_residuals=down, mid_block_additional_residual=mid
        ).sample.chunk(2)
        return away + GUIDANCE * (to - away)

    def hierarchical(self, z, t, hint):
        at = keys(len(z))
        out = torch.empty_like(z)
        out[at] = self.eps(z[at], t, hint[at], range(len(at)))
        for a, b in zip(at, at[1:]):
            out[a + 1 : b] = self.eps(z[a : b + 1], t, hint[a : b + 1], (0, b - a))[1:-1]
        return out

    def smoothed(self, x0, first):
        scale = self.vae.config.scaling_factor
        pixels = (self.vae.decode(x0 / scale).sample / 2 + 0.5).clamp(0, 1)
        out = pixels.clone()
        for f in range(first, len(x0) - 1, 2):
            out[f] = (pixels[f - 1] + pixels[f + 1]) / 2
        return self.vae.encode(out * 2 - 1).latent_dist.mean * scale

    def run(self, z, hint, hierarchical, smooth):
        alphas = self.scheduler.alphas_cumprod
        steps = self.scheduler.timesteps.tolist()
        for i, t in enumerate(steps):
            told = torch.tensor(t)
            eps = self.hierarchical(z, told, hint) if hierarchical else self.eps(z, told, hint, range(len(z)))
            before = t - self.scheduler.config.num_train_timesteps // STEPS
            a = alphas[t]
            b = alphas[before] if before >= 0 else self.scheduler.final_alpha_cumprod
            x0 = (z - (1 - a).sqrt() * eps) / a.sqrt()
            if smooth and i in SMOOTHED:
                x0 = self.smoothed(x0, SMOOTHED[i])
            z = b.sqrt() * x0 + (1 - b).sqrt() * eps
        return z


if __name__ == "__main__":
    models = Models()
    noise = normal(SEED + 1, 1, 4, SIDE, SIDE)
    hint = normal(SEED + 2, FRAMES, 3, 8 * SIDE, 8 * SIDE).sigmoid()
    z = noise.expand(FRAMES, -1, -1, -1)
    tensors = {"noise": noise, "hint": hint}
    tensors["x0"] = normal(SEED + 3, FRAMES, 4, SIDE, SIDE)
    for first in (1, 2):
        tensors[f"x0.{first}"] = models.smoothed(tensors["x0"], first)
    tensors["all"] = models.run(z, hint, False, False)
    tensors["smoothed"] = models.run(z, hint, False, True)
    tensors["hierarchical"] = models.run(z, hint, True, True)
    write("controlvideo", models.control, tensors, SEED)
