package io.zoetrope.pipeline.family;

import io.zoetrope.checkpoint.Component;
import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.checkpoint.WeightSet;
import io.zoetrope.checkpoint.WeightSource;
import io.zoetrope.checkpoint.keys.MotionModuleKeys;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.unet.DiffusersConfig;
import io.zoetrope.network.unet.Inflation;
import io.zoetrope.network.unet.Middle;
import io.zoetrope.network.unet.MotionBlocks;
import io.zoetrope.network.unet.MotionNorms;
import io.zoetrope.network.unet.TemporalBlock;
import io.zoetrope.network.unet.UNetConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import tools.jackson.databind.JsonNode;

/**
 * AnimateDiff's motion modules on disk: a directory as diffusers saves a {@code MotionAdapter}, or
 * an original single file. Its weights lie in the mapped file until it is closed.
 */
public final class MotionAdapter implements AutoCloseable {
  /** Frames that motion modules were trained on. */
  static final int CLIP = 16;

  /** Rows of a table that is not there, as the reference makes it. */
  private static final int LONGEST = 32;

  private static final Pattern LIGHTNING =
      Pattern.compile("animatediff_lightning_([1-8])step.*", Pattern.CASE_INSENSITIVE);

  private static final String TABLE = ".transformer_blocks.0.pos_embed.pe";

  private final Path path;
  private final Optional<JsonNode> config;
  private final WeightSet file;
  private final Map<String, Tensor> tensors;

  private MotionAdapter(Path path, Optional<JsonNode> config, WeightSet file) {
    this.path = path;
    this.config = config;
    this.file = file;
    Map<String, Tensor> held = file.tensors();
    this.tensors = MotionModuleKeys.isOriginal(held) ? MotionModuleKeys.toDiffusers(held) : held;
  }

  /**
   * Opens a directory or a file.
   *
   * @throws UserError if it holds no motion modules
   */
  public static MotionAdapter open(Path path) {
    return open(path, Optional.empty());
  }

  /**
   * As {@link #open(Path)}.
   *
   * @param variant of a directory's weights
   */
  static MotionAdapter open(Path path, Optional<String> variant) {
    if (!Files.exists(path)) {
      throw new UserError(Fault.NOT_FOUND, "there is no motion adapter " + path);
    }
    Component component = Component.diffusion(path);
    boolean directory = Files.isDirectory(path);
    if (directory && !component.exists()) {
      throw new UserError(
          Fault.NOT_FOUND, "%s has no config.json: it is no motion adapter".formatted(path));
    }
    Optional<JsonNode> config =
        directory ? Optional.of(component.config(JsonNode.class)) : Optional.empty();
    WeightSet file = directory ? component.open(variant) : WeightSet.open(path);
    try {
      return new MotionAdapter(path, config, file);
    } catch (UserError e) {
      file.close();
      throw e.at(path);
    }
  }

  /**
   * How few steps motion modules were distilled for, as the names of AnimateDiff-Lightning's files
   * say it (Lin and Yang, 2024); empty for others.
   */
  static OptionalInt lightning(Path path) {
    Matcher name = LIGHTNING.matcher(String.valueOf(path.getFileName()));
    return name.matches() ? OptionalInt.of(Integer.parseInt(name.group(1))) : OptionalInt.empty();
  }

  /**
   * An image network's config with these motion modules between its layers.
   *
   * @throws UserError if they are for another network
   */
  public UNetConfig inflate(UNetConfig image) {
    try {
      TemporalBlock.MotionModule module =
          config.map(json -> DiffusersConfig.adapter(json, image)).orElseGet(this::guess);
      if (module.middle() && image.middle().kind() != Middle.Kind.ATTENDS) {
        throw new UserError(
            Fault.MISMATCH,
            "it has a module for the middle, and the network's mid_block_type has no place for it");
      }
      return image.inflated(Inflation.motion(module)).normed(norms());
    } catch (UserError e) {
      throw e.at(path);
    }
  }

  /** What a file without a config must be: released originals have 8 heads and one block. */
  private TemporalBlock.MotionModule guess() {
    if (tensors.keySet().stream().noneMatch(name -> name.contains("motion_modules."))) {
      throw new UserError(Fault.DAMAGED, "it holds no motion modules");
    }
    // Pruned files leave out the tables, which follow from their length.
    int frames =
        tensors.entrySet().stream()
            .filter(e -> e.getKey().endsWith(TABLE))
            .map(e -> Math.toIntExact(e.getValue().size(1)))
            .findFirst()
            .orElse(LONGEST);
    boolean middle = tensors.keySet().stream().anyMatch(name -> name.startsWith("mid_block."));
    boolean two = tensors.keySet().stream().anyMatch(name -> name.contains(".attn2."));
    return new TemporalBlock.MotionModule(
        heads(), MotionBlocks.all(1), two ? 2 : 1, frames, middle);
  }

  /** How far its norms reach, as its header says; as diffusers has it if it says nothing. */
  private MotionNorms norms() {
    return Provenance.of(file.metadata())
        .get(Provenance.NORMS)
        .map(MotionNorms::of)
        .orElse(MotionNorms.USUAL);
  }

  private int heads() {
    String said = Provenance.of(file.metadata()).get("heads").orElse("8");
    if (!said.matches("[1-9][0-9]{0,3}")) {
      throw new UserError(Fault.DAMAGED, "its header says it has '%s' heads".formatted(said));
    }
    return Integer.parseInt(said);
  }

  /** Where its weights lie. */
  Place place() {
    return new Place(
        () -> WeightSource.of(ModelLayout.ADAPTER, path.toString(), tensors),
        UnaryOperator.identity());
  }

  /** Its weights by diffusers' names, valid until {@link #close}. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /** An image network's weights and these. */
  public Map<String, Tensor> beside(Map<String, Tensor> image) {
    Map<String, Tensor> both = new LinkedHashMap<>(image);
    both.putAll(tensors);
    return both;
  }

  @Override
  public void close() {
    file.close();
  }
}
