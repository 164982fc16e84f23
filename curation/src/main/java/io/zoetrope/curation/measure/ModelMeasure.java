package io.zoetrope.curation.measure;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.eval.Cosine;
import io.zoetrope.media.Frame;
import io.zoetrope.media.FrameTensors;
import io.zoetrope.media.Resize;
import io.zoetrope.media.Video;
import io.zoetrope.record.RecordReader;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.FileDigest;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import io.zoetrope.torch.TextFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A measure by networks in a folder: {@code measure.json}, {@code picture.onnx} or {@code
 * picture.pt} and, where captions are compared, {@code words.onnx} or {@code words.pt}. It looks at
 * a clip's first, middle and last frame, as [1, 3, H, W] of the size and statistics that the JSON
 * says; the clip's value is the mean of the three.
 *
 * <p>What the picture's network says becomes a number by {@link Reduce}: aesthetics are a {@code
 * mean}, a map of text is an {@code area}, and the fit of a caption is the {@code cosine} between
 * what both networks say. Words go in as f32 [1, L], their bytes in UTF-8, with zeros behind.
 */
public final class ModelMeasure implements Measure {
  private static final String JSON = "measure.json";

  /** How what a network says becomes a number. */
  public enum Reduce {
    /** The mean of all. */
    MEAN,
    /** The share that is at least {@code above}. */
    AREA,
    /** The largest. */
    LARGEST,
    /** The cosine with what the other network says of the caption. */
    COSINE
  }

  /**
   * The JSON.
   *
   * @param name of the measure
   * @param about what it measures, in a few words
   * @param version of it; it is measured again when it, or a file, changes
   * @param width pixels
   * @param height pixels
   * @param mean of red, green and blue, taken off values of 0 to 1
   * @param deviation by which they are divided then
   * @param reduce how it becomes a number
   * @param above for areas
   * @param words most bytes of a caption
   */
  public record Described(
      String name,
      Optional<String> about,
      Optional<String> version,
      int width,
      int height,
      Optional<List<Double>> mean,
      Optional<List<Double>> deviation,
      Reduce reduce,
      Optional<Double> above,
      Optional<Integer> words) {}

  private final Path folder;
  private final Described described;
  private final String print;
  private Optional<Net> picture = Optional.empty();
  private Optional<Net> words = Optional.empty();

  private ModelMeasure(Path folder, Described described, String print) {
    this.folder = folder;
    this.described = described;
    this.print = print;
  }

  /**
   * Of a folder; its networks are opened when they are needed.
   *
   * @throws UserError if something is missing or wrong in it
   */
  public static ModelMeasure of(Path folder) {
    Path json = folder.resolve(JSON);
    if (!Files.isRegularFile(json)) {
      throw new UserError(
          Fault.NOT_FOUND,
          "'%s' is no folder of a measure: there is no %s in it, and no config.json of a CLIP"
              .formatted(folder, JSON));
    }
    try {
      Described described =
          RecordReader.read(json.toString(), TextFiles.read(json), Described.class);
      if (!described.name().matches("[a-z][a-z0-9-]*")) {
        throw new UserError(
            Fault.INVALID,
            "'%s': a measure's name is a word in small letters, not '%s'"
                .formatted(json, described.name()));
      }
      String print = FileDigest.of(Net.file(folder, "picture")).substring(0, 8);
      if (described.reduce() == Reduce.COSINE) {
        print += FileDigest.of(Net.file(folder, "words")).substring(0, 8);
      }
      return new ModelMeasure(folder, described, print);
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", json, e);
    }
  }

  @Override
  public String name() {
    return described.name();
  }

  @Override
  public String version() {
    return described.version().orElse("1") + "-" + print;
  }

  @Override
  public String about() {
    return described.about().orElse("by the network in " + folder.getFileName());
  }

  @Override
  public boolean costly() {
    return true;
  }

  @Override
  public Meter begin(About clip) {
    return described.reduce() == Reduce.COSINE && clip.caption().isBlank()
        ? ThreeFrames.none()
        : new ThreeFrames(clip, shot -> value(shot.frame(), clip.caption()));
  }

  private double value(Frame frame, String caption) {
    return Scopes.value(() -> {
      double[] said = Tensors.toDoubles(picture().run(tensor(frame)));
      return switch (described.reduce()) {
        case MEAN -> Arrays.stream(said).average().orElse(Double.NaN);
        case LARGEST -> Arrays.stream(said).max().orElse(Double.NaN);
        case AREA -> {
          double above = described.above().orElse(0.5);
          yield Arrays.stream(said).filter(v -> v >= above).count() / (double) said.length;
        }
        case COSINE -> cosine(said, Tensors.toDoubles(words().run(bytes(caption))));
      };
    });
  }

  private Net picture() {
    Net net = picture.orElseGet(() -> Net.open(Net.file(folder, "picture")));
    picture = Optional.of(net);
    return net;
  }

  private Net words() {
    Net net = words.orElseGet(() -> Net.open(Net.file(folder, "words")));
    words = Optional.of(net);
    return net;
  }

  /** [1, 3, H, W]. */
  private Tensor tensor(Frame frame) {
    Frame fit =
        Resize.cover(frame.width(), frame.height(), described.width(), described.height())
            .apply(frame);
    Tensor x_3HW =
        Ops.mul(Ops.add(FrameTensors.toTensor(new Video(List.of(fit), 1)).select(1, 0), 1), 0.5);
    List<Double> mean = described.mean().orElse(List.of(0.0, 0.0, 0.0));
    List<Double> deviation = described.deviation().orElse(List.of(1.0, 1.0, 1.0));
    List<Tensor> planes = new ArrayList<>();
    for (int c = 0; c < 3; c++) {
      planes.add(Ops.div(Ops.add(x_3HW.select(0, c), -mean.get(c)), deviation.get(c)));
    }
    return Tensors.stack(planes, 0).unsqueeze(0).contiguous();
  }

  private Tensor bytes(String caption) {
    byte[] text = caption.strip().getBytes(StandardCharsets.UTF_8);
    float[] ids = new float[described.words().orElse(256)];
    for (int i = 0; i < Math.min(ids.length, text.length); i++) {
      ids[i] = text[i] & 255;
    }
    return Tensors.of(ids, 1, ids.length);
  }

  private double cosine(double[] a, double[] b) {
    if (a.length != b.length) {
      throw new UserError(
          Fault.MISMATCH,
          "'%s': pictures become %s numbers and words %s".formatted(folder, a.length, b.length));
    }
    return Cosine.of(a, b);
  }
}
