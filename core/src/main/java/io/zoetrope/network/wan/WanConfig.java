package io.zoetrope.network.wan;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.diffusion.condition.Slot;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.ConfigOptions;
import io.zoetrope.network.NetworkConfig;
import io.zoetrope.network.PictureSlots;
import io.zoetrope.network.TextSlots;
import io.zoetrope.network.Work;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Parameters;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Shape of a {@link WanTransformer}, in files as diffusers writes it.
 *
 * @param kind whose class of diffusers it is
 * @param heads of attention
 * @param headWidth features of a head, a multiple of 2
 * @param channels that come in beside those of {@link Vace}: the noisy latents and what is shown
 *     beside them
 * @param gives channels of the latents
 * @param textWidth features of a text token
 * @param frequencies sinusoids of a level
 * @param hidden features inside a feed-forward layer
 * @param depth blocks
 * @param textNorm whether tokens are normalised before they look at the text
 * @param pictures tokens of pictures that it looks at
 * @param rate whether it is told the frames per second
 * @param block latents that are seen together where a latent sees none of later blocks; 1 where all
 *     see all
 * @param vace a second row of blocks for what a video is made of
 */
public record WanConfig(
    Kind kind,
    int heads,
    int headWidth,
    int channels,
    int gives,
    int textWidth,
    int frequencies,
    int hidden,
    int depth,
    boolean textNorm,
    Optional<Pictures> pictures,
    boolean rate,
    int block,
    Optional<Vace> vace)
    implements NetworkConfig {
  /** Its folder in a model directory. */
  public static final String FOLDER = "transformer";

  /** Tokens of a text, in all models that are known. */
  private static final int TEXT = 512;

  /** Latents on a side that make one token. */
  public static final int PATCH = 2;

  /** Classes of diffusers. */
  public enum Kind {
    WAN("WanTransformer3DModel"),
    SKYREELS("SkyReelsV2Transformer3DModel"),
    VACE("WanVACETransformer3DModel");

    private final String title;

    Kind(String title) {
      this.title = title;
    }

    /** Its {@code _class_name}. */
    public String title() {
      return title;
    }
  }

  /**
   * Pictures.
   *
   * @param width features of a picture's token
   * @param places tokens that are told their place, of all pictures together; 0 if none are
   */
  public record Pictures(int width, int places) {}

  /**
   * Only where pictures are told their places there may be more than the first (FLF2V, Fun-InP).
   */
  @Override
  public OptionalInt mostPictures() {
    return pictures.isPresent() && pictures.get().places() == 0
        ? OptionalInt.of(1)
        : OptionalInt.empty();
  }

  /**
   * What VACE adds.
   *
   * @param layers blocks after which its own are heard, rising from 0
   * @param channels that they see
   */
  public record Vace(List<Integer> layers, int channels) {
    public Vace {
      layers = List.copyOf(layers);
    }
  }

  public WanConfig {
    int least =
        List.of(heads, headWidth, channels, gives, textWidth, hidden, depth, block).stream()
            .mapToInt(i -> i)
            .min()
            .orElseThrow();
    if (least < 1 || headWidth % 2 != 0 || frequencies < 2 || frequencies % 2 != 0) {
      throw new UserError(
          Fault.INVALID,
          "a transformer of Wan needs positive sizes, and an even attention_head_dim and freq_dim");
    }
    if (channels < gives) {
      throw new UserError(
          Fault.INVALID,
          "a transformer of Wan takes at least the channels that it gives, not %s of %s"
              .formatted(channels, gives));
    }
    if (vace.isPresent()) {
      requireLayers(vace.get().layers(), depth);
    }
  }

  private static void requireLayers(List<Integer> layers, int depth) {
    boolean rises = !layers.isEmpty() && layers.getFirst() == 0 && layers.getLast() < depth;
    for (int i = 1; i < layers.size(); i++) {
      rises &= layers.get(i) > layers.get(i - 1);
    }
    if (!rises) {
      throw new UserError(
          Fault.INVALID,
          "vace_layers rise from 0 and stay below num_layers (%s), unlike %s"
              .formatted(depth, layers));
    }
  }

  /** Whether a {@code _class_name} is one that is read here. */
  public static boolean isWan(String className) {
    for (Kind kind : Kind.values()) {
      if (kind.title.equals(className)) {
        return true;
      }
    }
    return false;
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static WanConfig of(JsonNode json) {
    ConfigOptions o = new ConfigOptions(json);
    Kind kind = Kind.WAN;
    for (Kind each : Kind.values()) {
      kind = each.title.equals(o.word("_class_name", "")) ? each : kind;
    }
    if (!o.integers("patch_size", 1, PATCH, PATCH).equals(List.of(1, PATCH, PATCH))) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "'patch_size' is %s; transformers of patches of 1x2x2 are known"
              .formatted(json.path("patch_size")));
    }
    o.only("qk_norm", "rms_norm_across_heads");
    o.only("eps", "1.0E-6", "1e-6", "1e-06", "0.000001");
    int heads = o.integer("num_attention_heads", 40);
    int headWidth = o.integer("attention_head_dim", 128);
    int channels = o.integer("in_channels", 16);
    Optional<Pictures> pictures =
        o.says("image_dim")
            ? Optional.of(
                new Pictures(o.integer("image_dim", 0), o.integer("pos_embed_seq_len", 0)))
            : Optional.empty();
    boolean looks = o.says("added_kv_proj_dim");
    if (looks != pictures.isPresent()
        || (looks && o.integer("added_kv_proj_dim", 0) != heads * headWidth)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "'image_dim' is %s and 'added_kv_proj_dim' %s: both are said, the latter being the"
                  .formatted(json.path("image_dim"), json.path("added_kv_proj_dim"))
              + " transformer's width, or neither is");
    }
    return new WanConfig(
        kind,
        heads,
        headWidth,
        channels,
        o.integer("out_channels", channels),
        o.integer("text_dim", 4096),
        o.integer("freq_dim", 256),
        o.integer("ffn_dim", kind == Kind.SKYREELS ? 8192 : 13824),
        o.integer("num_layers", kind == Kind.SKYREELS ? 32 : 40),
        o.flag("cross_attn_norm", true),
        pictures,
        o.flag("inject_sample_info", false),
        o.integer("num_frame_per_block", 1),
        kind == Kind.VACE
            ? Optional.of(
                new Vace(
                    o.integers("vace_layers", 0, 5, 10, 15, 20, 25, 30, 35),
                    o.integer("vace_in_channels", 96)))
            : Optional.empty());
  }

  /**
   * The shape that weights have. What no shape says is as in all models that are known: heads of
   * 128 features.
   *
   * @param shapes by diffusers' names
   * @throws UserError if they are of no transformer of Wan
   */
  public static WanConfig of(Map<String, long[]> shapes) {
    return WanShapes.config(shapes);
  }

  /** In diffusers' words. */
  @JsonValue
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("_class_name", kind.title);
    json.put("patch_size", List.of(1, PATCH, PATCH));
    json.put("num_attention_heads", heads);
    json.put("attention_head_dim", headWidth);
    json.put("in_channels", channels);
    json.put("out_channels", gives);
    json.put("text_dim", textWidth);
    json.put("freq_dim", frequencies);
    json.put("ffn_dim", hidden);
    json.put("num_layers", depth);
    json.put("cross_attn_norm", textNorm);
    json.put("qk_norm", "rms_norm_across_heads");
    json.put("eps", 1e-6);
    pictures.ifPresent(seen -> {
      json.put("image_dim", seen.width());
      json.put("added_kv_proj_dim", features());
      if (seen.places() > 0) {
        json.put("pos_embed_seq_len", seen.places());
      }
    });
    if (kind == Kind.SKYREELS) {
      json.put("inject_sample_info", rate);
      json.put("num_frame_per_block", block);
    }
    vace.ifPresent(v -> {
      json.put("vace_layers", v.layers());
      json.put("vace_in_channels", v.channels());
    });
    return json;
  }

  @Override
  public WanTransformer build(Parameters p) {
    return new WanTransformer(this, p);
  }

  @Override
  public Optional<Work> work(Work.Input in) {
    return Optional.of(WanWork.of(this, in));
  }

  @Override
  public String folder() {
    return FOLDER;
  }

  @Override
  public int takes() {
    return channels + vace.map(Vace::channels).orElse(0);
  }

  @Override
  public OptionalInt textLength() {
    return OptionalInt.of(TEXT);
  }

  @Override
  public int features() {
    return heads * headWidth;
  }

  @Override
  public int attentionHeads() {
    return heads;
  }

  @Override
  public int multiple() {
    return PATCH;
  }

  @Override
  public Set<Slot<?>> needs() {
    Set<Slot<?>> all = new HashSet<>(Set.of(Conditioning.TEXT));
    if (takes() > gives) {
      all.add(Conditioning.BESIDE);
    }
    return all;
  }

  @Override
  public Set<Slot<?>> reads() {
    Set<Slot<?>> all = new HashSet<>(TextSlots.reads(textWidth));
    if (pictures.isPresent()) {
      all.addAll(PictureSlots.ALL);
    }
    if (rate) {
      all.add(Conditioning.RATE);
    }
    all.add(Conditioning.LEFT_OUT);
    return all;
  }

  @Override
  public int blocksInARow() {
    return depth;
  }

  @Override
  public List<Double> changePolynomial(long pixels) {
    return WanChange.of(this, pixels);
  }

  @Override
  public int together() {
    return block;
  }

  /** It looks across frames with the very weights with which it looks within them. */
  @Override
  public boolean temporal() {
    return true;
  }

  @Override
  public WanConfig withTemporal(boolean on) {
    if (!on) {
      throw new UserError(
          Fault.INVALID, "a transformer of Wan has no layers across frames to be left out");
    }
    return this;
  }

  @Override
  public Optional<Entrance> entrance() {
    return vace.isPresent()
        ? Optional.empty()
        : Optional.of(new Entrance(WanTransformer.PATCHES + ".weight", PATCH * PATCH));
  }

  @Override
  public WanConfig taking(int all) {
    return new WanConfig(
        kind,
        heads,
        headWidth,
        all,
        gives,
        textWidth,
        frequencies,
        hidden,
        depth,
        textNorm,
        pictures,
        rate,
        block,
        vace);
  }

  /**
   * At its worst a block holds the tokens, what they were made of, queries, keys and values, each
   * before and after it is turned; or the hidden features of a feed-forward layer twice.
   */
  @Override
  public Footprint footprint(long frames, long height, long width) {
    long tokens = frames * (height / PATCH) * (width / PATCH);
    long each = Math.max(12L * features(), 4L * features() + 2L * hidden);
    return new Footprint(1, Math.multiplyExact(tokens, each * Float.BYTES));
  }
}
