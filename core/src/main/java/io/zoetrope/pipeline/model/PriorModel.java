package io.zoetrope.pipeline.model;

import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.family.ModelFiles;
import io.zoetrope.pipeline.family.PriorParts;
import io.zoetrope.pipeline.family.Role;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Natives;
import io.zoetrope.torch.Scopes;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A prior, loaded without the decoder that is told what it makes. */
public final class PriorModel implements AutoCloseable {
  private final LoadedParts parts;
  private final TextPrior prior;

  private PriorModel(LoadedParts parts) {
    this.parts = parts;
    prior =
        new TextPrior(
            parts.part(Role.PRIOR).orElseThrow().made(),
            parts.part(Role.PRIOR_TEXT).orElseThrow().made().get());
  }

  /**
   * Loads the prior of a folder, and nothing else of it.
   *
   * @param progress told how many bytes of weights are loaded; may cancel
   * @throws io.zoetrope.error.UserError if there is none, or its files are damaged
   */
  public static PriorModel load(ModelChoice choice, Progress progress) {
    Natives.load();
    try (ModelFiles files = ModelFiles.open(choice.model())) {
      LoadedParts parts = LoadedParts.load(PriorParts.read(files, choice).all(), progress);
      try {
        return new PriorModel(parts);
      } catch (RuntimeException e) {
        parts.close();
        throw e;
      }
    }
  }

  /** Features of an embedding. */
  public int features() {
    return prior.prior().network().config().embedding();
  }

  /**
   * The embedding of one text, without gradients: [1, E].
   *
   * @param seed of its noise
   * @param progress told of its steps; may cancel
   */
  public Tensor embedding(
      String prompt, long seed, TextPrior.Settings settings, Progress progress) {
    return Scopes.noGrad(
        () -> prior.ofTexts(List.of(prompt), settings, TextPrior.noise(List.of(seed)), progress));
  }

  @Override
  public void close() {
    prior.words().close();
    parts.close();
  }
}
