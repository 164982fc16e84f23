package io.zoetrope.network;

import io.zoetrope.diffusion.condition.Signature;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Parameters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The shape of a {@link VideoNetwork}: a record that is written beside its weights. */
public interface NetworkConfig {
  /** Builds the network. */
  VideoNetwork build(Parameters p);

  /** The network's folder in a model directory: the name of its architecture there. */
  String folder();

  /**
   * Channels of what comes in: the noisy video (latents or pixels), and what it needs beside it.
   */
  int takes();

  /** Channels of what comes out: those of the video that it denoises. */
  int gives();

  /** Features of a text token; 0 for a network that reads no text. */
  int textWidth();

  /**
   * Tokens of every text that it reads, where what is behind a text's end counts: zeros, none of
   * them hidden. Empty where texts say themselves which tokens count.
   */
  default OptionalInt textLength() {
    return OptionalInt.empty();
  }

  /** Entries of a conditioning that it cannot do without. */
  Set<Slot<?>> needs();

  /** Entries that it can use besides. */
  Set<Slot<?>> reads();

  /** All that goes in and comes out. */
  default Signature signature() {
    return new Signature(takes(), gives(), needs(), reads());
  }

  /** Features where it is widest. */
  int features();

  /** Heads of attention where it is widest. */
  int attentionHeads();

  /** Width and height of what it denoises must be multiples of it. */
  int multiple();

  /** Whether it looks across frames; a network for still images does not. */
  boolean temporal();

  /** The same network for still images, or with its temporal layers. */
  NetworkConfig withTemporal(boolean on);

  /** The longest clip that it can see at once; empty if any length will do. */
  default OptionalInt longest() {
    return OptionalInt.empty();
  }

  /**
   * Frames that it takes together: windows over long clips move by multiples of so many, or its
   * answers would change with where they begin.
   */
  default int together() {
    return 1;
  }

  /**
   * How many of the pictures that a video has are looked at, from the first on, by networks that
   * look at such; empty for all.
   */
  default OptionalInt mostPictures() {
    return OptionalInt.empty();
  }

  /** How far norms of its motion modules reach, in words that files have; empty without such. */
  default Optional<String> motionNorms() {
    return Optional.empty();
  }

  /**
   * The {@code config.json} that diffusers' {@code MotionAdapter} has of its motion modules; empty
   * where it has none, or some that diffusers has no words for.
   */
  default Optional<Map<String, Object>> motionAdapter() {
    return Optional.empty();
  }

  /** The same network told classes in place of a text; empty where it can be told none. */
  default Optional<NetworkConfig> toldAlone(ClassInput classes) {
    return Optional.empty();
  }

  /**
   * Where the channels of what comes in enter.
   *
   * @param weight of its first layer: [features, channels * area, ...], channel by channel
   * @param area numbers that one channel has there
   */
  record Entrance(String weight, int area) {}

  /** Where channels come in; empty for a network that cannot be given more of them. */
  default Optional<Entrance> entrance() {
    return Optional.empty();
  }

  /**
   * The same network with other channels coming in: of what it is shown beside the video.
   *
   * @param all channels, at least those that it {@link #gives}
   */
  default NetworkConfig taking(int all) {
    throw new IllegalStateException("this network takes " + takes() + " channels and no more");
  }

  /** What it is told of each frame beside its level. */
  default Told told() {
    return Told.LEVEL;
  }

  /** The same network told other things beside levels. */
  default NetworkConfig telling(Told other) {
    throw new IllegalStateException("this network is told levels and no more");
  }

  /**
   * What it takes of memory.
   *
   * @param frames of all clips and both branches of guidance, [height, width] each, of what it
   *     denoises
   */
  Footprint footprint(long frames, long height, long width);

  /**
   * Blocks in a row, each of which frames can leave out ({@link LeftOut}); 0 for a network that is
   * built otherwise.
   */
  default int blocksInARow() {
    return 0;
  }

  /**
   * How much an answer is expected to change, by how much {@link VideoNetwork#modulated} does: a
   * polynomial, highest power first. Empty where none is known.
   *
   * @param pixels of a frame
   */
  default List<Double> changePolynomial(long pixels) {
    return List.of();
  }

  /** Operations of one pass; empty where nobody counts them. */
  default Optional<Work> work(Work.Input in) {
    return Optional.empty();
  }

  /** Whether a parameter is meant to be trained; by default all are. */
  default boolean trains(String parameter) {
    return true;
  }
}
