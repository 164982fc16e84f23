package io.zoetrope.network.vae.tiny;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.AutoencoderConfig;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.network.vae.OnlyKnown;
import io.zoetrope.nn.Footprint;
import io.zoetrope.nn.Parameters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Shape of a {@link TinyPictures}: diffusers' {@code AutoencoderTiny}. What a {@code config.json}
 * does not say is as diffusers takes it; original files have none, and their weights say it.
 *
 * @param latentChannels channels of a latent
 * @param encoder empty where there is a decoder alone
 * @param standsFor how the autoencoder that it stands in for normalises its latents: neither
 *     weights nor configs tell, whose own {@code scaling_factor} is 1
 */
public record TinyPicturesConfig(
    int latentChannels, Optional<Half> encoder, Half decoder, Autoencoder.Scaling standsFor)
    implements AutoencoderConfig {
  /** What {@code config.json} calls it. */
  public static final String KIND = "AutoencoderTiny";

  private static final long RGB = 3;

  /** Where names of weights of the halves begin. */
  static final String ENCODER = "encoder";

  static final String DECODER = "decoder";
  static final String LAYERS = "layers";

  /** Tensors of the finest resolution that are there at once, with those that convolving takes. */
  private static final long TENSORS = 6;

  /** How many elements of a path, from its end, may tell whose latents these are. */
  private static final int NAMED = 4;

  /**
   * The published ones.
   *
   * @param name as files and folders have it
   * @param scaling as the configs of the autoencoders have it whose latents they take
   */
  private record Published(String name, int channels, Autoencoder.Scaling scaling) {}

  /** Of as many channels the one is meant that comes first, unless a name says otherwise. */
  private static final List<Published> PUBLISHED =
      List.of(
          new Published("taesd", 4, new Autoencoder.Scaling(0.18215, 0)),
          new Published("taesdxl", 4, new Autoencoder.Scaling(0.13025, 0)),
          new Published("taesd3", 16, new Autoencoder.Scaling(1.5305, 0.0609)),
          new Published("taef1", 16, new Autoencoder.Scaling(0.3611, 0.1159)));

  private static final Pattern NAME = Pattern.compile("tae[a-z]+\\d?");

  private static final Pattern BLOCK = Pattern.compile("(\\d{1,4})\\.conv\\.0\\.weight");
  private static final Pattern CONV = Pattern.compile("(\\d{1,4})\\.weight");

  /**
   * An encoder or a decoder.
   *
   * @param width features at all resolutions
   * @param blocks at each resolution, in the order that pictures or latents pass through them
   */
  public record Half(int width, List<Integer> blocks) {
    public Half {
      blocks = List.copyOf(blocks);
      if (width < 1 || blocks.isEmpty() || Collections.min(blocks) < 0) {
        throw wrong("features, and blocks at each resolution");
      }
    }
  }

  public TinyPicturesConfig {
    if (latentChannels < 1) {
      throw wrong("latent_channels of at least 1");
    }
    if (encoder.isPresent() && encoder.get().blocks.size() != decoder.blocks.size()) {
      throw wrong(
          "as many resolutions in its encoder as in its decoder, not %s and %s"
              .formatted(encoder.get().blocks.size(), decoder.blocks.size()));
    }
  }

  /** One whose latents are those that are usual for so many channels. */
  public TinyPicturesConfig(int latentChannels, Optional<Half> encoder, Half decoder) {
    this(latentChannels, encoder, decoder, usual(latentChannels));
  }

  private static Autoencoder.Scaling usual(int channels) {
    return PUBLISHED.stream()
        .filter(p -> p.channels == channels)
        .findFirst()
        .map(Published::scaling)
        .orElse(new Autoencoder.Scaling(1, 0));
  }

  private static UserError wrong(String needs) {
    return new UserError(Fault.INVALID, "an %s (TAESD) needs %s".formatted(KIND, needs));
  }

  /**
   * Reads a {@code config.json}. {@code latent_magnitude} and {@code latent_shift} are of latents
   * as bytes, which nothing here is.
   *
   * @throws UserError if it describes an autoencoder that this class is not
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static TinyPicturesConfig of(JsonNode json) {
    OnlyKnown known = new OnlyKnown(KIND, json);
    known.require("act_fn", "relu");
    known.require("upsample_fn", "nearest");
    known.require("upsampling_scaling_factor", "2");
    known.require("in_channels", "3");
    known.require("out_channels", "3");
    requireNumber(json, "scaling_factor", 1);
    requireNumber(json, "shift_factor", 0);
    JsonNode blocks = json.path("num_encoder_blocks");
    Optional<Half> encoder =
        blocks.isArray() && blocks.isEmpty()
            ? Optional.empty()
            : Optional.of(half(json, ENCODER, List.of(1, 3, 3, 3)));
    return new TinyPicturesConfig(
        json.path("latent_channels").asInt(4), encoder, half(json, DECODER, List.of(3, 3, 3, 1)));
  }

  private static void requireNumber(JsonNode json, String key, double wanted) {
    if (json.path(key).asDouble(wanted) != wanted) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "an %s with %s %s is not supported: only %s is"
              .formatted(KIND, key, json.path(key).asString(""), (int) wanted));
    }
  }

  private static Half half(JsonNode json, String name, List<Integer> usual) {
    List<Integer> widths = numbers(json, name + "_block_out_channels", List.of(64, 64, 64, 64));
    List<Integer> blocks = numbers(json, "num_%s_blocks".formatted(name), usual);
    if (widths.size() != blocks.size()) {
      throw wrong(
          "as many %s_block_out_channels as num_%s_blocks, not %s and %s"
              .formatted(name, name, widths.size(), blocks.size()));
    }
    if (new HashSet<>(widths).size() > 1) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "an %s with %s_block_out_channels %s is not supported: only equal ones are"
              .formatted(KIND, name, widths));
    }
    return new Half(widths.isEmpty() ? 0 : widths.getFirst(), blocks);
  }

  private static List<Integer> numbers(JsonNode json, String key, List<Integer> usual) {
    if (!json.hasNonNull(key)) {
      return usual;
    }
    List<Integer> numbers = new ArrayList<>();
    json.path(key).forEach(number -> numbers.add(number.asInt(-1)));
    return numbers;
  }

  /** Whether a file with such names of weights is one, or a half of one. */
  public static boolean is(Set<String> names) {
    return names.contains(first(DECODER)) || names.contains(first(ENCODER));
  }

  private static String first(String half) {
    return "%s.%s.0.weight".formatted(half, LAYERS);
  }

  /**
   * What shapes of weights say.
   *
   * @throws UserError if there is no decoder among them, or a half is cut off
   */
  public static TinyPicturesConfig of(Map<String, long[]> shapes) {
    if (!shapes.containsKey(first(DECODER))) {
      throw new UserError(Fault.MISMATCH, "this is the encoder of TAESD alone: it decodes nothing");
    }
    Optional<Half> encoder =
        shapes.containsKey(first(ENCODER)) ? Optional.of(half(shapes, ENCODER)) : Optional.empty();
    return new TinyPicturesConfig(
        (int) kernel(shapes, first(DECODER))[1], encoder, half(shapes, DECODER));
  }

  /** Blocks lie between convolutions, of which there is one more than resolutions. */
  private static Half half(Map<String, long[]> shapes, String name) {
    String prefix = "%s.%s.".formatted(name, LAYERS);
    TreeSet<Integer> blocks = numbered(shapes.keySet(), prefix, BLOCK);
    TreeSet<Integer> convs = numbered(shapes.keySet(), prefix, CONV);
    List<Integer> counts = new ArrayList<>();
    for (Integer from : convs) {
      Integer to = convs.higher(from);
      if (to != null) {
        counts.add(blocks.subSet(from, to).size());
      }
    }
    if (counts.isEmpty()) {
      throw new UserError(
          Fault.MISMATCH, "this %s of TAESD is cut off behind %s".formatted(name, first(name)));
    }
    return new Half((int) kernel(shapes, first(name))[0], counts);
  }

  private static TreeSet<Integer> numbered(Set<String> names, String prefix, Pattern pattern) {
    TreeSet<Integer> found = new TreeSet<>();
    for (String name : names) {
      Matcher m = pattern.matcher(name.startsWith(prefix) ? name.substring(prefix.length()) : "");
      if (m.matches()) {
        found.add(Integer.parseInt(m.group(1)));
      }
    }
    return found;
  }

  private static long[] kernel(Map<String, long[]> shapes, String name) {
    long[] shape = shapes.getOrDefault(name, new long[0]);
    if (shape.length != 4 || shape[0] < 1 || shape[1] < 1) {
      throw new UserError(
          Fault.MISMATCH, "these are no weights of TAESD: %s is no kernel".formatted(name));
    }
    return shape;
  }

  @Override
  public TinyPicturesConfig standingFor(Autoencoder.Scaling scaling) {
    return new TinyPicturesConfig(latentChannels, encoder, decoder, scaling);
  }

  /** Its last element with a name that was published decides, if that has as many channels. */
  @Override
  public TinyPicturesConfig named(Path at) {
    Path whole = at.toAbsolutePath();
    for (int i = 1; i <= Math.min(NAMED, whole.getNameCount()); i++) {
      String element = whole.getName(whole.getNameCount() - i).toString().toLowerCase(Locale.ROOT);
      Matcher m = NAME.matcher(element);
      while (m.find()) {
        String name = m.group();
        Optional<Published> found =
            PUBLISHED.stream()
                .filter(p -> p.name.equals(name) && p.channels == latentChannels)
                .findFirst();
        if (found.isPresent()) {
          return standingFor(found.get().scaling);
        }
      }
    }
    return this;
  }

  /** As {@code config.json} has it. */
  @JsonValue
  Map<String, Object> json() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("_class_name", KIND);
    all.put("act_fn", "relu");
    all.put("in_channels", 3);
    all.put("out_channels", 3);
    all.put("latent_channels", latentChannels);
    all.put(
        "encoder_block_out_channels", encoder.map(TinyPicturesConfig::widths).orElse(List.of()));
    all.put("num_encoder_blocks", encoder.map(Half::blocks).orElse(List.of()));
    all.put("decoder_block_out_channels", widths(decoder));
    all.put("num_decoder_blocks", decoder.blocks);
    all.put("scaling_factor", 1.0);
    return Collections.unmodifiableMap(all);
  }

  private static List<Integer> widths(Half half) {
    return Collections.nCopies(half.blocks.size(), half.width);
  }

  @Override
  public TinyPictures build(Parameters p) {
    return new TinyPictures(this, p);
  }

  @Override
  public LatentGrid grid() {
    return LatentGrid.ofPictures(latentChannels, 1 << (decoder.blocks.size() - 1));
  }

  /** As {@link TinyPictures} divides frames into groups. */
  @Override
  public Footprint footprint(long height, long width) {
    return new Footprint(Footprint.CONVOLUTIONS, Math.max(GROUP, perFrame(height, width)));
  }

  /** Bytes of a frame on its way, at its largest. */
  long perFrame(long height, long width) {
    long features = Math.max(RGB, Math.max(decoder.width, encoder.map(Half::width).orElse(0)));
    return TENSORS * Float.BYTES * features * height * width;
  }

  @Override
  public Optional<Autoencoder.Scaling> latentScaling() {
    return Optional.of(standsFor);
  }
}
