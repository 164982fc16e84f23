package io.zoetrope.train.objective;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.data.Clip;
import io.zoetrope.data.ClipDataset;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.record.Json;
import io.zoetrope.torch.Fault;
import io.zoetrope.torch.Finite;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.torch.UserError;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;

/**
 * Clips that went through the autoencoder once and for all: latents and captions in one safetensors
 * file, mapped, not read. Encoding a clip costs about as much as a training step on it, so it is
 * done ahead.
 *
 * @param latents_NCFHW bf16
 * @param captions one for each clip
 * @param odds how often each is drawn
 */
public record LatentClips(Tensor latents_NCFHW, List<String> captions, ClipOdds odds) {
  /**
   * Encodes the first {@code count} clips of a data set into a file.
   *
   * @param progress told how many clips are done; stops between them
   * @throws java.util.concurrent.CancellationException when progress says so; no file is left then
   */
  public static void encode(
      ClipDataset data, Autoencoder autoencoder, long count, Path file, Progress progress) {
    List<Tensor> latents = new ArrayList<>();
    List<String> captions = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      progress.requireGoing(i, count);
      Clip clip = data.get(i);
      long number = i;
      captions.add(clip.caption());
      latents.add(
          Scopes.keep(
              Scopes.tensor(() -> Scopes.noGrad(() -> encoded(autoencoder, clip, number)))));
      progress.update(Report.of(Phase.ENCODE, i + 1, count));
    }
    Scopes.run(() -> {
      byte[] text = Json.MAPPER.writeValueAsBytes(captions);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      tensors.put("latents", Tensors.cat(latents, 0));
      tensors.put("captions", Tensors.ofBytes(text, text.length));
      Safetensors.write(file, tensors, Map.of("format", "zoetrope-latents"));
    });
    latents.forEach(Scopes::free);
  }

  private static Tensor encoded(Autoencoder autoencoder, Clip clip, long number) {
    Tensor z = autoencoder.encode(FrameTensors.toTensor(clip.video()).unsqueeze(0));
    Finite.require(z, "the latents of clip %d ('%s')".formatted(number, clip.caption()));
    return z.to(ScalarType.BFloat16);
  }

  /** The clips of a file, which must stay open. */
  public static LatentClips of(SafetensorsFile file) {
    if (!file.entries().containsKey("latents") || !file.entries().containsKey("captions")) {
      throw new UserError(Fault.DAMAGED, file.path() + " holds no latents and captions");
    }
    String text = new String(Tensors.toBytes(file.tensor("captions")), StandardCharsets.UTF_8);
    try {
      List<String> captions = Json.MAPPER.readValue(text, new TypeReference<List<String>>() {});
      return new LatentClips(file.tensor("latents"), captions);
    } catch (JacksonException e) {
      throw new UserError(Fault.DAMAGED, file.path() + ": its captions are damaged", e);
    }
  }

  /** All drawn alike. */
  public LatentClips(Tensor latents_NCFHW, List<String> captions) {
    this(latents_NCFHW, captions, ClipOdds.even(captions.size()));
  }

  /** These, some drawn more often than others. */
  public LatentClips emphasising(List<ClipOdds.Emphasis> emphases) {
    return new LatentClips(latents_NCFHW, captions, ClipOdds.of(captions, emphases));
  }

  public LatentClips {
    captions = List.copyOf(captions);
    if (latents_NCFHW.dim() != 5 || latents_NCFHW.size(0) != captions.size()) {
      throw new UserError(Fault.MISMATCH, "latents and captions are not equally many");
    }
  }

  public int size() {
    return captions.size();
  }

  public int frames() {
    return (int) latents_NCFHW.size(2);
  }
}
