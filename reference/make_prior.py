"""Makes core/src/test/resources/reference/prior: a tiny PriorTransformer with its CLIP text encoder of projections, and whole runs.

- model/prior, model/prior_scheduler, model/prior_text_encoder, model/prior_tokenizer: as folders of StableUnCLIPPipeline have them
- io: one forward pass with and without a mask; a run of 5 steps of UnCLIPScheduler with guidance 4 from two prompts' texts by
  recorded noise; what the text encoder makes of prompts
"""

import json
import shutil

import torch
from diffusers import PriorTransformer, UnCLIPScheduler
from diffusers.schedulers import scheduling_unclip
from transformers import CLIPTextConfig, CLIPTextModelWithProjection, CLIPTokenizer

import common

SEED = 41
WIDTH = 24
OUT = common.OUT / "prior"
PROMPTS = ["a photo of a cat sitting on a wooden table", "the little girl"]


def text_encoder(vocabulary):
    config = CLIPTextConfig(
        vocab_size=vocabulary,
        hidden_size=WIDTH,
        intermediate_size=40,
        num_hidden_layers=2,
        num_attention_heads=3,
        max_position_embeddings=77,
        hidden_act="quick_gelu",
        bos_token_id=vocabulary - 2,
        eos_token_id=2,
        pad_token_id=1,
        projection_dim=WIDTH,
    )
    encoder = common.randomise(CLIPTextModelWithProjection(config), SEED + 1)
    encoder.text_model.embeddings.token_embedding.weight.mul_(4)
    return encoder


def main():
    tokenizer = CLIPTokenizer.from_pretrained(common.OUT / "clip_tokenizer")
    encoder = text_encoder(len(tokenizer))
    prior = common.randomise(
        PriorTransformer(num_attention_heads=2, attention_head_dim=16, num_layers=2, embedding_dim=WIDTH, num_embeddings=77), SEED
    )
    prior.clip_std.copy_(prior.clip_std.abs() + 0.5)
    scheduler = UnCLIPScheduler(prediction_type="sample", clip_sample_range=5.0, variance_type="fixed_small_log")

    def read(prompts):
        tokens = tokenizer(prompts, padding="max_length", max_length=77, truncation=True, return_tensors="pt")
        made = encoder(tokens.input_ids)
        return made.text_embeds, made.last_hidden_state, tokens.attention_mask.bool()

    io = {}
    whole, words, mask = read(PROMPTS)
    io["ids"] = tokenizer(PROMPTS, padding="max_length", max_length=77, return_tensors="pt").input_ids
    io["whole"], io["words"], io["mask"] = whole, words, mask
    z = common.normal(SEED + 2, 2, WIDTH)
    io["z"] = z
    t = torch.tensor([999, 41])
    io["t"] = t
    io["out"] = prior(z, t, proj_embedding=whole, encoder_hidden_states=words, attention_mask=mask).predicted_image_embedding
    io["out.unmasked"] = prior(z, t, proj_embedding=whole, encoder_hidden_states=words).predicted_image_embedding

    no_whole, no_words, no_mask = read(["", ""])
    steps = 5
    noise = common.normal(SEED + 3, steps + 1, 2, WIDTH)
    io["noise"] = noise
    scheduler.set_timesteps(steps)
    x = noise[0]
    for i, t in enumerate(scheduler.timesteps):
        raw = prior(
            torch.cat([x, x]),
            t,
            proj_embedding=torch.cat([no_whole, whole]),
            encoder_hidden_states=torch.cat([no_words, words]),
            attention_mask=torch.cat([no_mask, mask]),
        ).predicted_image_embedding
        away, towards = raw.chunk(2)
        scheduling_unclip.randn_tensor = lambda *a, **k: noise[i + 1]
        following = scheduler.timesteps[i + 1] if i + 1 < steps else None
        x = scheduler.step(away + 4.0 * (towards - away), t, x, prev_timestep=following).prev_sample
    io["made.x"] = x
    io["made"] = prior.post_process_latents(x)

    model = OUT / "model"
    shutil.rmtree(model, ignore_errors=True)
    prior.save_pretrained(model / "prior")
    scheduler.save_pretrained(model / "prior_scheduler")
    encoder.save_pretrained(model / "prior_text_encoder")
    (model / "prior_tokenizer").mkdir()
    for name in ("vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(common.OUT / "clip_tokenizer" / name, model / "prior_tokenizer")
    common.write("prior", None, io, SEED)


main()
