package io.zoetrope.train.part;

import io.zoetrope.checkpoint.lora.LoraDialect;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.record.Default;
import io.zoetrope.torch.RandomStreams;
import java.util.List;
import java.util.Optional;

/** A part of a base that is to learn, as a recipe says it. */
public sealed interface PartBlock {
  /** Its name: of its file, and for passes. */
  String name();

  /** Which network it is in. */
  BaseNetwork in();

  /**
   * Puts it into a base.
   *
   * @param random of what it starts from
   * @throws UserError if the base has no such network or layers
   */
  BasePart into(VideoModel base, RandomStreams random);

  /**
   * Low-rank factors beside layers.
   *
   * @param in which network
   * @param targets names of layers with * for any part, or words of {@link LayerWords}
   * @param rank of each update
   * @param alpha it acts times {@code alpha / rank}; the rank if left out
   * @param rate factor of the learning rate
   * @param formats in which it is written, a file each
   */
  record Lora(
      @Default("lora") String name,
      @Default("denoiser") BaseNetwork in,
      @Default("[attention]") List<String> targets,
      @Default("8") int rank,
      Optional<Double> alpha,
      @Default("1.0") double rate,
      @Default("[peft]") List<LoraDialect> formats)
      implements PartBlock {
    public Lora {
      targets = List.copyOf(targets);
      formats = formats.stream().distinct().toList();
      requireName(name);
      requireRate(rate);
      requireSome("targets", targets);
      requireSome("formats", formats);
      if (rank < 1 || rank > 4096) {
        throw new UserError(Fault.INVALID, "rank must be 1 to 4096, is " + rank);
      }
      if (alpha.isPresent() && !(alpha.get() > 0)) {
        throw new UserError(Fault.INVALID, "alpha must be above 0, is " + alpha.get());
      }
    }

    /** Alpha, which is the rank where nothing is said. */
    double strength() {
      return alpha.orElse((double) rank);
    }

    @Override
    public BasePart into(VideoModel base, RandomStreams random) {
      return LoraPart.of(this, base, random.child("part " + name));
    }
  }

  /**
   * Weights of a network: f32 copies that stand in place of its own.
   *
   * @param in which network
   * @param names of its weights, with * for any part
   * @param rate factor of the learning rate
   * @param formats in which they are written
   */
  record Weights(
      @Default("weights") String name,
      @Default("denoiser") BaseNetwork in,
      List<String> names,
      @Default("1.0") double rate,
      @Default("[plain]") List<ModuleForm> formats)
      implements PartBlock {
    public Weights {
      names = List.copyOf(names);
      requireName(name);
      requireRate(rate);
      requireSome("names", names);
      formats = formats.stream().distinct().toList();
      requireSome("formats", formats);
    }

    @Override
    public BasePart into(VideoModel base, RandomStreams random) {
      return WeightsPart.of(this, base);
    }
  }

  private static void requireName(String name) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9_-]{0,63}")) {
      throw new UserError(
          Fault.INVALID,
          "name must be letters, digits, dashes and underscores, is '%s'".formatted(name));
    }
  }

  private static void requireRate(double rate) {
    if (!(rate > 0 && rate <= 1000)) {
      throw new UserError(Fault.INVALID, "rate must be above 0 and at most 1000, is " + rate);
    }
  }

  private static void requireSome(String key, List<?> names) {
    if (names.isEmpty()) {
      throw new UserError(Fault.INVALID, key + " must name something");
    }
  }
}
