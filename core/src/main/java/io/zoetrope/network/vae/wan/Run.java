package io.zoetrope.network.vae.wan;

import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * Frames of one clip on their way through stages: each goes as far as it can before the next
 * begins, so that no more than one is at full size at a time. Stages whose frames take more than a
 * budget are done band by band of rows, with as many rows around each as they depend on, to the
 * result of the whole.
 */
final class Run implements AutoCloseable {
  private final List<Stage> stages;
  private final long budget;
  private final List<List<Memory>> memories = new ArrayList<>();

  /**
   * @param budget bytes of activations of a stage, beside what is remembered
   */
  Run(List<Stage> stages, long budget) {
    this.stages = stages;
    this.budget = budget;
    stages.forEach(stage -> memories.add(new ArrayList<>()));
  }

  /** What becomes of the next frame [B, H, W, C], in order. */
  List<Tensor> next(Tensor frame_BHWC) {
    return next(0, frame_BHWC);
  }

  private List<Tensor> next(int at, Tensor frame) {
    if (at == stages.size()) {
      return List.of(frame);
    }
    return Scopes.parts(() -> {
      List<Tensor> ends = new ArrayList<>();
      for (Tensor made : banded(at, frame)) {
        List<Tensor> more = next(at + 1, made);
        ends.addAll(more);
        if (!more.contains(made) && !GradMode.is_enabled()) {
          Scopes.free(made);
        }
      }
      return ends;
    });
  }

  private List<Tensor> banded(int at, Tensor frame) {
    Stage stage = stages.get(at);
    int rows = Math.toIntExact(frame.size(1));
    int band = GradMode.is_enabled() ? rows : band(stage, frame);
    List<List<Tensor>> parts = new ArrayList<>();
    for (int from = 0; from < rows; from += band) {
      int top = from;
      int bottom = Math.min(rows, from + band);
      Memory memory = memory(at, parts.size());
      parts.add(Scopes.parts(() -> band(stage, frame, top, bottom, memory)));
    }
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    List<Tensor> whole = new ArrayList<>();
    for (int i = 0; i < parts.getFirst().size(); i++) {
      int which = i;
      whole.add(Tensors.cat(parts.stream().map(part -> part.get(which)).toList(), 1));
      parts.forEach(part -> Scopes.free(part.get(which)));
    }
    return whole;
  }

  /** Some rows, as if all were done. */
  private static List<Tensor> band(Stage stage, Tensor frame, int top, int bottom, Memory memory) {
    int rows = Math.toIntExact(frame.size(1));
    if (top == 0 && bottom == rows) {
      return stage.next(frame, memory);
    }
    int first = Math.max(0, top - stage.margin());
    int last = Math.min(rows, bottom + stage.margin());
    int drop = (top - first) * stage.up() / stage.down();
    int count = (bottom - top) * stage.up() / stage.down();
    return stage.next(frame.narrow(1, first, last - first), memory).stream()
        .map(made -> made.narrow(1, drop, count))
        .toList();
  }

  /** Rows to a band: all, or as many as the budget allows, but no fewer than its margins. */
  private int band(Stage stage, Tensor frame) {
    int rows = Math.toIntExact(frame.size(1));
    long row = frame.size(0) * frame.size(2) * stage.features() * Float.BYTES;
    if (stage.margin() == Stage.WHOLE || rows * row <= budget) {
      return rows;
    }
    long seen = 2L * stage.margin();
    long most = Math.max(seen, budget / row - seen);
    return (int) Math.min(rows, most - most % 2);
  }

  private Memory memory(int stage, int band) {
    List<Memory> bands = memories.get(stage);
    if (band == bands.size()) {
      bands.add(new Memory());
    }
    return bands.get(band);
  }

  @Override
  public void close() {
    memories.forEach(bands -> bands.forEach(Memory::close));
  }
}
