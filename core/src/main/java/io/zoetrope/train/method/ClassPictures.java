package io.zoetrope.train.method;

import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.guidance.ClassifierFreeGuidance;
import io.zoetrope.diffusion.guidance.PromptBlend;
import io.zoetrope.diffusion.sampler.FlowEuler;
import io.zoetrope.diffusion.sampler.Noise;
import io.zoetrope.diffusion.sampler.SamplerLoop;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Png;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import org.bytedeco.pytorch.Tensor;

/**
 * Pictures of a class that a base makes of it before it learns, in a folder beside the run that all
 * runs with the same base and words share. Each is a function of its number: what is there is not
 * made again.
 */
record ClassPictures(PriorBlock prior, VideoModel base, int width, int height) {
  /** The folder, with all of them and their captions. */
  Path make(Setting setting) {
    Path folder =
        setting.folder().root().resolveSibling("made").resolve(key(setting.recipe().seed()));
    int count = setting.clips(prior.count());
    try {
      Files.createDirectories(folder);
      long there = 0;
      for (int i = 0; i < count; i++) {
        setting.listener().requireGoing(i, count);
        Path picture = folder.resolve(String.format(Locale.ROOT, "%05d.png", i));
        if (Files.exists(picture)) {
          there++;
          continue;
        }
        String prompt = prior.prompts().get(i % prior.prompts().size());
        AtomicFiles.text(folder.resolve(String.format(Locale.ROOT, "%05d.txt", i)), prompt + "\n");
        one(picture, prompt, setting.recipe().seed(), i);
      }
      setting
          .listener()
          .note(
              "class pictures of the base in %s: %s were there, %s are made"
                  .formatted(folder, there, count - there));
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", folder, e);
    }
    return folder;
  }

  private String key(long seed) {
    CRC32 name = new CRC32();
    String said =
        List.of(base.print(), prior.prompts(), prior.steps(), prior.guidance(), width, height, seed)
            .toString();
    name.update(said.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) name.getValue());
  }

  private void one(Path file, String prompt, long seed, int number) {
    Scopes.run(() ->
        Scopes.noGrad(() -> {
          PromptEncoder text = base.text().orElseThrow();
          Conditioning positive = text.condition(List.of(prompt));
          Conditioning negative = text.condition(List.of(""));
          int space = base.grid().space();
          Tensor empty = Tensors.zeros(1, base.grid().channels(), 1, height / space, width / space);
          TimestepPlan plan =
              TimestepPlan.uniform(base.denoiser().schedule().spacing(prior.steps()), 1);
          Noise noise = Noise.of(new RandomStreams(seed).child("class", number), 1);
          Tensor z =
              new SamplerLoop(
                      new FlowEuler(),
                      PromptBlend.of(
                          new ClassifierFreeGuidance(base.denoiser(), negative, prior.guidance()),
                          positive))
                  .run(
                      plan,
                      SamplerLoop.start(plan, base.denoiser().schedule(), empty, noise),
                      noise,
                      Progress.NONE);
          Tensor x = base.autoencoder().decode(z).select(0, 0);
          Png.write(file, FrameTensors.toVideo(x, 8).frames().getFirst());
          return z;
        }));
  }
}
