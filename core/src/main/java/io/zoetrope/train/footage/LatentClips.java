package io.zoetrope.train.footage;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.data.Clip;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.record.Json;
import io.zoetrope.torch.Finite;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/**
 * Clips that went through the autoencoder once and for all: latents and captions in safetensors
 * files, mapped, not read. Encoding a clip costs about as much as a training step on it, so it is
 * done ahead.
 *
 * @param latents all of one shape
 * @param captions one for each clip
 * @param odds how often each is drawn
 */
public record LatentClips(Latents latents, List<String> captions, ClipOdds odds) {
  /** Latents of clips by number. */
  public interface Latents {
    /** How many there are. */
    int size();

    /** Sizes of each: channels, frames, height, width. */
    List<Long> shape();

    /** [C, F, H, W], bf16 or f32; it is not the caller's to free. */
    Tensor clip_CFHW(int clip);
  }

  /** In one tensor. */
  private record Stacked(Tensor latents_NCFHW) implements Latents {
    Stacked {
      if (latents_NCFHW.dim() != 5) {
        throw new IllegalArgumentException("latents of clips have five axes");
      }
    }

    @Override
    public int size() {
      return (int) latents_NCFHW.size(0);
    }

    @Override
    public List<Long> shape() {
      return Arrays.stream(Tensors.shape(latents_NCFHW)).skip(1).boxed().toList();
    }

    @Override
    public Tensor clip_CFHW(int clip) {
      return latents_NCFHW.select(0, clip);
    }
  }

  private static final String LATENTS = "latents";
  private static final String CAPTIONS = "captions";
  private static final String PRINTS = "prints";

  /**
   * Puts the first {@code count} clips of a data set into a file, and encodes those that another
   * file does not have.
   *
   * @param before with latents of the same autoencoder; may be the one that is replaced
   * @param progress told how many clips are done; stops between them
   * @throws java.util.concurrent.CancellationException when progress says so; the file is as it was
   *     then
   */
  public static void encode(
      ClipDataset data,
      long count,
      Autoencoder autoencoder,
      Optional<SafetensorsFile> before,
      Path file,
      Progress progress) {
    Map<String, Integer> known = before.map(LatentClips::prints).orElse(Map.of());
    List<Tensor> latents = new ArrayList<>();
    List<String> captions = new ArrayList<>();
    Map<String, Integer> made = new HashMap<>();
    List<String> prints = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      progress.requireGoing(i, count);
      long number = i;
      String print = data.print(i);
      @Nullable Integer row = known.get(print);
      @Nullable Integer twin = made.putIfAbsent(print, latents.size());
      prints.add(print);
      captions.add(data.caption(i));
      latents.add(
          Scopes.keep(
              Scopes.tensor(() -> {
                if (twin != null) {
                  return latents.get(twin).clone();
                }
                return row != null
                    ? before.orElseThrow().tensor(LATENTS).narrow(0, row, 1).clone()
                    : Scopes.noGrad(() -> encoded(autoencoder, data.get(number), number));
              })));
      progress.update(Report.of(Phase.ENCODE, i + 1, count));
    }
    Scopes.run(() -> {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      tensors.put(LATENTS, Tensors.cat(latents, 0));
      tensors.put(CAPTIONS, text(captions));
      tensors.put(PRINTS, text(prints));
      Safetensors.write(file, tensors, Map.of("format", "zoetrope-latents"));
    });
    latents.forEach(Scopes::free);
  }

  /**
   * Which clips a file has: their rows by {@link ClipDataset#print}. None if it is of an older
   * kind, or damaged.
   */
  public static Map<String, Integer> prints(SafetensorsFile file) {
    Map<String, Integer> rows = new HashMap<>();
    if (file.entries().containsKey(LATENTS)) {
      List<String> prints = texts(file, PRINTS).orElse(List.of());
      for (int i = 0; i < prints.size(); i++) {
        rows.putIfAbsent(prints.get(i), i);
      }
    }
    return rows;
  }

  /** Whether a file holds these very clips with these captions, in this order. */
  public static boolean holds(SafetensorsFile file, List<String> prints, List<String> captions) {
    return texts(file, PRINTS).equals(Optional.of(prints))
        && texts(file, CAPTIONS).equals(Optional.of(captions));
  }

  private static Tensor text(List<String> texts) {
    byte[] json = Json.MAPPER.writeValueAsBytes(texts);
    return Tensors.ofBytes(json, json.length);
  }

  /** Texts of a file; empty if it has none that can be read. */
  private static Optional<List<String>> texts(SafetensorsFile file, String name) {
    if (!file.entries().containsKey(name)) {
      return Optional.empty();
    }
    String json = new String(Tensors.toBytes(file.tensor(name)), StandardCharsets.UTF_8);
    try {
      return Optional.of(Json.MAPPER.readValue(json, new TypeReference<List<String>>() {}));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static Tensor encoded(Autoencoder autoencoder, Clip clip, long number) {
    return encoded(autoencoder, clip, number, ScalarType.BFloat16);
  }

  /**
   * A clip's latents, [1, C, F, H, W]: the mean.
   *
   * @param number in messages
   */
  public static Tensor encoded(Autoencoder autoencoder, Clip clip, long number, ScalarType kept) {
    Tensor z = autoencoder.encode(FrameTensors.toTensor(clip.video()).unsqueeze(0));
    Finite.require(z, "the latents of clip %s ('%s')".formatted(number, clip.caption()));
    return z.to(kept);
  }

  /** The clips of a file, which must stay open. */
  public static LatentClips of(SafetensorsFile file) {
    if (!file.entries().containsKey(LATENTS) || !file.entries().containsKey(CAPTIONS)) {
      throw new UserError(Fault.DAMAGED, file.path() + " holds no latents and captions");
    }
    List<String> captions =
        texts(file, CAPTIONS)
            .orElseThrow(
                () -> new UserError(Fault.DAMAGED, file.path() + ": its captions are damaged"));
    return new LatentClips(file.tensor(LATENTS), captions);
  }

  /** In one tensor, all drawn alike. */
  public LatentClips(Tensor latents_NCFHW, List<String> captions) {
    this(new Stacked(latents_NCFHW), captions);
  }

  /** All drawn alike. */
  public LatentClips(Latents latents, List<String> captions) {
    this(latents, captions, ClipOdds.even(captions.size()));
  }

  /** These, some drawn more often than others. */
  public LatentClips emphasising(List<ClipOdds.Emphasis> emphases) {
    return new LatentClips(latents, captions, ClipOdds.of(captions, emphases));
  }

  public LatentClips {
    captions = List.copyOf(captions);
    if (latents.size() != captions.size()) {
      throw new UserError(Fault.MISMATCH, "latents and captions are not equally many");
    }
  }

  public int size() {
    return captions.size();
  }

  public int channels() {
    return Math.toIntExact(latents.shape().get(0));
  }

  public int frames() {
    return Math.toIntExact(latents.shape().get(1));
  }

  public int height() {
    return Math.toIntExact(latents.shape().get(2));
  }

  public int width() {
    return Math.toIntExact(latents.shape().get(3));
  }

  /** [C, F, H, W] of a clip. */
  public Tensor clip_CFHW(int clip) {
    return latents.clip_CFHW(clip);
  }
}
