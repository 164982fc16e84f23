package io.zoetrope.train.recipe;

import io.zoetrope.nn.NamePattern;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.UserError;
import io.zoetrope.train.objective.ClipOdds.Emphasis;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What is trained, from where, and by which loss. */
public sealed interface ObjectiveBlock {
  /**
   * The picture autoencoder.
   *
   * @param network name of its size
   * @param init weights to start from
   * @param l1 weight of the mean absolute difference
   * @param mse weight of the mean squared difference
   * @param gradient weight of the mean absolute error of neighbouring pixels' differences: keeps
   *     edges sharp
   * @param kl weight of the divergence of the latents to a standard normal
   */
  record Autoencoder(
      String network,
      Optional<Path> init,
      @Default("1.0") double l1,
      @Default("0.0") double mse,
      @Default("0.0") double gradient,
      @Default("1e-6") double kl)
      implements ObjectiveBlock {
    public Autoencoder {
      weight("l1", l1);
      weight("mse", mse);
      weight("gradient", gradient);
      weight("kl", kl);
      if (l1 + mse == 0) {
        throw new UserError(Fault.INVALID, "l1 and mse are both 0: nothing would be learned");
      }
    }
  }

  /**
   * A diffusion network over latents or pixels, with its text encoder.
   *
   * @param network its name: the size of a transformer, or {@code unet-} and the size of a U-Net
   * @param inflation recipe by which a U-Net becomes one for video
   * @param temporal whether it has layers over time; false for still images
   * @param autoencoder the model whose latents it learns; {@code none} for pixels
   * @param init weights to start from; layers that they lack start anew (temporal ones at zero)
   * @param freeze parameters that are not trained: names, with * for any part
   * @param prediction what the network predicts
   * @param shift of the flow schedule towards noise, for training and sampling; above 1 for videos,
   *     whose frames tell much about each other
   * @param perFrame probability that each frame of a clip draws its own noise level
   * @param perFrameDraw whether that is drawn for each clip, or once for the whole micro-batch
   * @param images single frames of other clips that are learned beside each clip
   * @param given probability that a clip is given some of its frames clean, as tasks give them
   * @param captionDropout probability that a caption is left away, for guidance
   * @param clips how many clips of the data are encoded ahead and learned from
   * @param emphasis clips that are drawn more often than others, by their captions
   * @param cut frames of a clip that are learned at a time; 1 for still images, 0 for all
   * @param maxStride frames of a cut are 1 to so many apart
   * @param levels how noise levels are drawn
   * @param checkpointing whether activations are recomputed in the backward pass: less memory, one
   *     more forward pass
   */
  record Diffusion(
      String network,
      Optional<String> inflation,
      @Default("true") boolean temporal,
      Path autoencoder,
      Optional<Path> init,
      @Default("[]") List<String> freeze,
      @Default("flow") PredictionKind prediction,
      @Default("1.0") double shift,
      @Default("0.2") double perFrame,
      @Default("clip") Draw perFrameDraw,
      @Default("0") int images,
      @Default("0.0") double given,
      @Default("0.1") double captionDropout,
      @Default("4096") int clips,
      @Default("[]") List<Emphasis> emphasis,
      @Default("0") int cut,
      @Default("1") int maxStride,
      @Default("{kind: logit-normal}") Levels levels,
      @Default("false") boolean checkpointing)
      implements ObjectiveBlock {
    public Diffusion {
      if (!(shift > 0 && shift <= 100)) {
        throw new UserError(Fault.INVALID, "shift must be above 0 and at most 100, is " + shift);
      }
      probability("perFrame", perFrame);
      probability("captionDropout", captionDropout);
      probability("given", given);
      if (images < 0 || images > 64) {
        throw new UserError(Fault.INVALID, "images must be 0 to 64, is " + images);
      }
      if (clips < 1 || cut < 0 || maxStride < 1) {
        throw new UserError(
            Fault.INVALID,
            "clips and maxStride must be at least 1 and cut at least 0, are %d, %d and %d"
                .formatted(clips, maxStride, cut));
      }
    }

    /** Whether a parameter is to be trained. */
    public boolean trains(String parameter) {
      return freeze.stream().noneMatch(pattern -> NamePattern.matches(pattern, parameter));
    }

    /** Whether it learns pixels, without an autoencoder. */
    public boolean pixels() {
      return autoencoder.equals(Path.of("none"));
    }
  }

  /**
   * The video classifier that evaluation takes its features from.
   *
   * @param network name of its size
   */
  record Classifier(String network) implements ObjectiveBlock {}

  /** For what it is drawn at once whether frames have their own noise levels. */
  enum Draw {
    CLIP,
    BATCH
  }

  /** What a diffusion network predicts. */
  enum PredictionKind {
    FLOW,
    V,
    EPS,
    X0
  }

  /** How a noise level in [0, 1] is drawn in training. */
  sealed interface Levels {
    /** Every level alike. */
    record Uniform() implements Levels {}

    /** {@code sigmoid(mean + std n)}, n standard normal (Esser et al. 2024, section 3.1). */
    record LogitNormal(@Default("0.0") double mean, @Default("1.0") double std) implements Levels {
      public LogitNormal {
        if (!(std > 0)) {
          throw new UserError(Fault.INVALID, "std must be above 0, is " + std);
        }
      }
    }
  }

  private static void weight(String name, double value) {
    if (!(value >= 0)) {
      throw new UserError(Fault.INVALID, "%s must be 0 or more, is %s".formatted(name, value));
    }
  }

  private static void probability(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new UserError(Fault.INVALID, "%s must be 0 to 1, is %s".formatted(name, value));
    }
  }
}
