package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.keys.SingleFile;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A checkpoint of Stable Diffusion 1.x in one file, whose tokenizer lies elsewhere.
 *
 * @param configs a directory with the configs of each component; empty for those that come with
 *     this library
 */
record StableDiffusionFile(Optional<ModelLayout> configs) implements ModelFamily {
  StableDiffusionFile() {
    this(Optional.empty());
  }

  @Override
  public String name() {
    return StableDiffusion.KIND;
  }

  @Override
  public boolean recognises(ModelFiles files) {
    return !files.isDirectory();
  }

  @Override
  public Blueprint read(ModelFiles files, ModelChoice choice) {
    Path model = files.model();
    choice
        .variant()
        .ifPresent(variant -> {
          throw new UserError(
              Fault.INVALID,
              "%s is one file; variants such as '%s' are of directories".formatted(model, variant),
              "leave it out");
        });
    SingleFile opened = SingleFile.open(model);
    SingleFile file = files.keep(opened, opened::close);
    Path tokenizer = choice.tokenizer().orElseGet(() -> ClipTokenizers.system().find(model));
    ModelLayout layout =
        configs
            .orElseGet(() -> new ModelLayout(BundledFolder.path("stable-diffusion-1")))
            .withTokenizer(tokenizer);
    Assembly assembly =
        new Assembly(
            files,
            choice,
            layout,
            (component, keys) -> new Place(() -> file.weights(Assembly.name(component)), keys));
    return StableDiffusion.read(assembly, new Blueprint.Leftovers(List.of(), file.others()));
  }
}
