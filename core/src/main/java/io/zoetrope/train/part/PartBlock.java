package io.zoetrope.train.part;

import io.zoetrope.checkpoint.lora.LoraDialect;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.nn.LoraThinning;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pixels.Annotator;
import io.zoetrope.pixels.Annotators;
import io.zoetrope.record.Default;
import io.zoetrope.record.Limits;
import io.zoetrope.torch.RandomStreams;
import java.nio.file.Files;
import java.nio.file.Path;
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
   * @param upRate factor of B's learning rate besides (Hayou et al., "LoRA+", 2024)
   * @param dropout probability that a number of an input is left away in training
   * @param rankDropout probability that a rank is
   * @param moduleDropout probability that a layer does without
   * @param maxNorm limit of each update's norm, kept after each step; none if left out
   * @param formats in which it is written, a file each
   */
  record Lora(
      @Default("lora") String name,
      @Default("denoiser") BaseNetwork in,
      @Default("[attention]") List<String> targets,
      @Default("8") int rank,
      Optional<Double> alpha,
      @Default("1.0") double rate,
      @Default("1.0") double upRate,
      @Default("0.0") double dropout,
      @Default("0.0") double rankDropout,
      @Default("0.0") double moduleDropout,
      Optional<Double> maxNorm,
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
      alpha.ifPresent(a -> requireAbove0("alpha", a));
      maxNorm.ifPresent(most -> requireAbove0("maxNorm", most));
      requireAbove0("upRate", upRate);
      Limits.USUAL.real("dropout", 0, 0.99, dropout);
      Limits.USUAL.real("rankDropout", 0, 0.99, rankDropout);
      Limits.USUAL.real("moduleDropout", 0, 0.99, moduleDropout);
    }

    LoraThinning thinning() {
      return new LoraThinning(dropout, rankDropout, moduleDropout);
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

  /**
   * A word of its own for the text encoder (textual inversion).
   *
   * @param word as captions and prompts have it
   * @param like the word, known to the encoder, that it begins as
   * @param vectors tokens that it takes
   * @param rate factor of the learning rate
   */
  record Embedding(
      @Default("embedding") String name,
      String word,
      String like,
      @Default("1") int vectors,
      @Default("1.0") double rate)
      implements PartBlock {
    public Embedding {
      requireName(name);
      requireRate(rate);
      word = word.strip();
      if (word.isEmpty() || word.length() > 100 || like.isBlank()) {
        throw new UserError(Fault.INVALID, "word and like must be words, of 1 to 100 letters");
      }
      if (vectors < 1 || vectors > 64) {
        throw new UserError(Fault.INVALID, "vectors must be 1 to 64, is " + vectors);
      }
    }

    @Override
    public BaseNetwork in() {
      return BaseNetwork.TEXT_ENCODER;
    }

    @Override
    public BasePart into(VideoModel base, RandomStreams random) {
      return EmbeddingPart.of(this, base);
    }
  }

  /**
   * Pictures beside the text: an IP-Adapter of the plain kind.
   *
   * @param encoder folder of a CLIP vision encoder, which stays as it is
   * @param tokens that a picture becomes
   * @param rate factor of the learning rate
   * @param dropPicture probability that a clip is shown no picture
   * @param dropText probability that it loses its caption
   * @param dropBoth probability of both at once
   */
  record Tokens(
      @Default("tokens") String name,
      Path encoder,
      @Default("4") int tokens,
      @Default("1.0") double rate,
      @Default("0.05") double dropPicture,
      @Default("0.05") double dropText,
      @Default("0.05") double dropBoth)
      implements PartBlock {
    public Tokens {
      requireName(name);
      requireRate(rate);
      PictureSight.Odds unused = new PictureSight.Odds(dropPicture, dropText, dropBoth);
      if (tokens < 1 || tokens > 256) {
        throw new UserError(Fault.INVALID, "tokens must be 1 to 256, is " + tokens);
      }
    }

    @Override
    public BaseNetwork in() {
      return BaseNetwork.DENOISER;
    }

    @Override
    public BasePart into(VideoModel base, RandomStreams random) {
      return TokensPart.of(this, base, random.child("part " + name));
    }
  }

  /**
   * Hints of what is where: a ControlNet.
   *
   * @param hint an annotator's name; {@code mask} or {@code depth}, of the toy world; or a folder
   *     with a picture or video of the same name for each clip
   * @param widths of the convolutions by which a hint becomes as small as latents
   * @param rate factor of the learning rate
   */
  record Control(
      @Default("control") String name,
      String hint,
      @Default("[16, 32, 96, 256]") List<Integer> widths,
      @Default("1.0") double rate)
      implements PartBlock {
    public Control {
      requireName(name);
      requireRate(rate);
      widths = List.copyOf(widths);
      requireSome("widths", widths);
      if (widths.stream().anyMatch(width -> width < 1 || width > 4096)) {
        throw new UserError(Fault.INVALID, "widths must be 1 to 4096, are " + widths);
      }
      if (!Annotators.known(hint)
          && !hint.equals("mask")
          && !hint.equals("depth")
          && !Files.isDirectory(Path.of(hint))) {
        throw new UserError(
            Fault.NOT_FOUND,
            "hint '%s' is no folder".formatted(hint),
            "it is a folder, or one of %s, mask, depth".formatted(Annotators.names()));
      }
    }

    Optional<Annotator> annotator() {
      return Annotators.known(hint) ? Optional.of(Annotators.of(hint)) : Optional.empty();
    }

    Optional<ClipDataset.Truth> truth() {
      return switch (hint) {
        case "mask" -> Optional.of(ClipDataset.Truth.MASK);
        case "depth" -> Optional.of(ClipDataset.Truth.DEPTH);
        default -> Optional.empty();
      };
    }

    Optional<Path> folder() {
      return annotator().isPresent() || truth().isPresent()
          ? Optional.empty()
          : Optional.of(Path.of(hint));
    }

    @Override
    public BaseNetwork in() {
      return BaseNetwork.DENOISER;
    }

    @Override
    public BasePart into(VideoModel base, RandomStreams random) {
      return ControlPart.of(this, base, random.child("part " + name));
    }
  }

  /** Requires a scale of a part that acts wholly or not at all. */
  static void requireWhole(String name, String what, double scale) {
    if (scale != 0 && scale != 1) {
      throw new UserError(
          Fault.INVALID,
          "'%s' is %s, which acts wholly or not at all: its scale is 1 or 0, not %s"
              .formatted(name, what, scale));
    }
  }

  private static void requireName(String name) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9_-]{0,63}")) {
      throw new UserError(
          Fault.INVALID,
          "name must be letters, digits, dashes and underscores, is '%s'".formatted(name));
    }
  }

  private static void requireAbove0(String key, double value) {
    if (!(value > 0 && value <= 1e6)) {
      throw new UserError(
          Fault.INVALID, "%s must be above 0 and at most 1000000, is %s".formatted(key, value));
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
