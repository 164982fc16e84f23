package io.zoetrope.diffusion.condition;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.ComputeDevice;
import io.zoetrope.torch.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Tensors beside a video, by what their first axes are; the first of all is the batch. */
public enum Along implements Axis<Tensor> {
  /** One for each clip: [B, ...]. */
  CLIP("B"),

  /** G for each clip, of which each frame has one; where G is 1 all have it: [B, G, ...]. */
  TEXT("BG"),

  /** One for each frame: [B, F, ...]. */
  FRAME("BF"),

  /** The moment of each frame, [B, F]; a part of a video begins at moment 0. */
  MOMENT("BF"),

  /** One for each place of each frame: [B, C, F, H, W]. */
  PLACE("BCF");

  private final String first;

  Along(String first) {
    this.first = first;
  }

  /** The letters of the first axes. */
  String first() {
    return first;
  }

  @Override
  public Tensor frames(Slot<Tensor> slot, Tensor value, long from, long count) {
    int axis = first.indexOf('F');
    if (axis < 0 || (from == 0 && value.size(axis) == count)) {
      return value;
    }
    requireFrames(slot, value.size(axis), from + count);
    Tensor part = value.narrow(axis, from, count);
    return this == MOMENT ? part.sub(part.narrow(axis, 0, 1)) : part;
  }

  @Override
  public Tensor frames(Slot<Tensor> slot, Tensor value, long[] which) {
    int axis = first.indexOf('F');
    if (axis < 0) {
      return value;
    }
    requireFrames(slot, value.size(axis), Arrays.stream(which).max().orElse(0) + 1);
    Tensor rows = Tensors.beside(value, Tensors.of(which, which.length));
    Tensor part = value.index_select(axis, rows);
    return this == MOMENT ? part.sub(part.narrow(axis, 0, 1)) : part;
  }

  private static void requireFrames(Slot<Tensor> slot, long given, long wanted) {
    if (given < wanted) {
      throw new UserError(
          Fault.MISMATCH,
          "'%s' is given for %s frames, the video has %s or more"
              .formatted(slot.name(), given, wanted));
    }
  }

  @Override
  public Tensor expand(Slot<Tensor> slot, Tensor value, long batch) {
    long[] shape = Tensors.shape(value);
    if (shape[0] != batch && shape[0] != 1) {
      throw new IllegalArgumentException(
          "conditioning '" + slot.name() + "' is for " + shape[0] + " clips, not " + batch);
    }
    shape[0] = batch;
    return value.expand(shape);
  }

  @Override
  public Tensor join(Slot<Tensor> slot, List<Tensor> branches) {
    long[] one = Tensors.shape(branches.getFirst());
    for (Tensor branch : branches) {
      long[] shape = Tensors.shape(branch);
      if (!Arrays.equals(shape, 1, shape.length, one, 1, one.length)) {
        throw new IllegalArgumentException(
            "conditioning '%s' has shapes that do not join: %s and %s"
                .formatted(slot.name(), Arrays.toString(one), Arrays.toString(shape)));
      }
    }
    return Tensors.cat(branches, 0);
  }

  /** One text of a clip stands for as many as the other has. */
  @Override
  public Tensor as(Tensor value, Tensor other) {
    if (this != TEXT || value.size(1) != 1 || other.size(1) == 1) {
      return value;
    }
    long[] shape = Tensors.shape(value);
    shape[1] = other.size(1);
    return value.expand(shape);
  }

  /** Numbers of frames stay: which texts are read, and which frames meet, the processor decides. */
  @Override
  public Tensor on(ComputeDevice device, Tensor value) {
    return switch (this) {
      case CLIP, TEXT, PLACE -> device.place(value);
      case FRAME, MOMENT -> value;
    };
  }

  @Override
  public Tensor zero(Slot<Tensor> slot, Tensor value) {
    return torch.zeros_like(value);
  }
}
