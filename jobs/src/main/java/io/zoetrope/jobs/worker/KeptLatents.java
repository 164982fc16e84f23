package io.zoetrope.jobs.worker;

import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.checkpoint.safetensors.SafetensorsFile;
import io.zoetrope.diffusion.TimestepPlan;
import io.zoetrope.diffusion.sampler.Halts;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.jobs.Runner.Signal;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.torch.FileDigest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * The latents of an attempt, {@value #FILE}, and what its sampler remembers, where its walk ended
 * before its time; and those from which it goes on. What is made of several walks is kept only as
 * long as the first one is walked: those after it begin with what it came to.
 */
final class KeptLatents implements Halts {
  static final String FILE = "latents.safetensors";

  private static final String LATENTS = "latents";

  /** Before the names of what a sampler remembers. */
  private static final String PAST = "past.";

  /** Nanoseconds. */
  private static final long EVERY = 60_000_000_000L;

  private static final String ROW = "row";
  private static final String PLAN = "plan";

  private final Path folder;
  private final Optional<Path> resume;
  private final Optional<Integer> draftRows;
  private final Supplier<Signal> signal;
  private final VideoOrder order;
  private int walks;
  private long kept = System.nanoTime();
  private boolean exact;
  private boolean drafted;

  /**
   * @param order what is made
   * @param folder where they are kept
   * @param resume the folder of those to go on from
   * @param draftRows at which row the walk shall end
   * @param signal whether what is cancelled is wanted again
   */
  KeptLatents(
      VideoOrder order,
      Path folder,
      Optional<Path> resume,
      Optional<Integer> draftRows,
      Supplier<Signal> signal) {
    this.order = order;
    this.folder = folder;
    this.resume = resume;
    this.draftRows = draftRows;
    this.signal = signal;
  }

  /** Whether the walk ended where it should, before its last row. */
  boolean drafted() {
    return drafted;
  }

  @Override
  public Optional<Begun> begin(TimestepPlan plan, boolean remembers) {
    walks++;
    exact = walks == 1 && !remembers;
    if (draftRows.isPresent() && remembers) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "a draft cannot go on with EasyCache or TeaCache: what was said before is not kept",
          "leave easyCache and teaCache out");
    }
    if (drafted) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "a video of several clips has no draft",
          "make it whole, or ask for no more frames than one clip has");
    }
    return exact ? resume.flatMap(from -> begun(from.resolve(FILE), plan)) : Optional.empty();
  }

  private Optional<Begun> begun(Path file, TimestepPlan plan) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try (SafetensorsFile kept = Safetensors.open(file)) {
      int row = Integer.parseInt(kept.metadata().getOrDefault(ROW, "0"));
      if (row < 1 || row >= plan.steps() || !print(plan).equals(kept.metadata().get(PLAN))) {
        return Optional.empty();
      }
      Map<String, Tensor> past = new LinkedHashMap<>();
      kept.entries().keySet().stream()
          .filter(name -> name.startsWith(PAST))
          .forEach(name -> past.put(name.substring(PAST.length()), kept.tensor(name).clone()));
      return Optional.of(new Begun(row, kept.tensor(LATENTS).clone(), past));
    } catch (UserError | NumberFormatException e) {
      System.err.println("latents that cannot be gone on with: " + e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public boolean endsAt(int row) {
    return draftRows.filter(rows -> rows == row).isPresent();
  }

  @Override
  public void keep(TimestepPlan plan, Begun walked) {
    int row = walked.row();
    boolean wanted = signal.get() != Signal.CANCEL;
    drafted |= wanted && endsAt(row);
    if (row > 0 && exact && wanted) {
      kept = System.nanoTime();
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      tensors.put(LATENTS, walked.z_BCFHW());
      walked.past().forEach((name, tensor) -> tensors.put(PAST + name, tensor));
      Safetensors.write(
          folder.resolve(FILE), tensors, Map.of(ROW, String.valueOf(row), PLAN, print(plan)));
    }
  }

  /** Now and then: whoever makes it may be gone at any moment. */
  @Override
  public boolean keepsAt(int row) {
    return exact && System.nanoTime() - kept > EVERY;
  }

  /** Of a plan and of what is made by it. */
  private String print(TimestepPlan plan) {
    MessageDigest digest = FileDigest.sha256();
    digest.update(order.toJson().getBytes(StandardCharsets.UTF_8));
    digest.update(plan.toJson().getBytes(StandardCharsets.UTF_8));
    return FileDigest.text(digest);
  }
}
