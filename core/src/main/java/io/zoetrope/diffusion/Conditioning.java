package io.zoetrope.diffusion;

import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What a video is conditioned on: tensors by name, the first axis of each the batch. Immutable; it
 * borrows its tensors, whoever made them keeps them alive.
 */
public final class Conditioning {
  /** Text tokens, [B, N, D]; or [B, G, N, D], G texts a clip, with {@link #FRAME_TEXTS}. */
  public static final String TEXT = "text";

  /** Which text tokens count, [B, N] or [B, G, N], bool. */
  public static final String TEXT_MASK = "text_mask";

  /** One vector for the whole text, [B, D] or [B, G, D]. */
  public static final String POOLED = "pooled";

  /** Which of its clip's G texts each frame reads, [B, F], int64, 0..G-1. */
  public static final String FRAME_TEXTS = "frame_texts";

  /**
   * Which frames belong together, [B, F], int64: frames mix in time only with frames of the same
   * number. Without it all frames of a clip belong together.
   */
  public static final String FRAME_GROUPS = "frame_groups";

  /**
   * The moment of each frame, [1, F], in frames at the rate of training; without it frames are one
   * apart.
   */
  public static final String FRAME_TIMES = "frame_times";

  /**
   * Windows in which motion modules attend over frames, [1, 3], int64: {@code
   * network.FrameWindows}.
   */
  public static final String FRAME_WINDOWS = "frame_windows";

  /**
   * What the i-th control shows, [B, C, F, H, W]: pictures with values 0..1, at the size that its
   * network takes them, or latents.
   */
  public static String hint(int i) {
    return "hint." + i;
  }

  /** Where the i-th control shows anything, [B, 1, F, H, W], 0 or 1; for those of few frames. */
  public static String hintMask(int i) {
    return "hint_mask." + i;
  }

  private static final Conditioning NONE = new Conditioning(Map.of());

  private final Map<String, Tensor> tensors;

  private Conditioning(Map<String, Tensor> tensors) {
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /** Nothing at all. */
  public static Conditioning none() {
    return NONE;
  }

  /** Text tokens [B, N, D] alone. */
  public static Conditioning text(Tensor text_BND) {
    return NONE.with(TEXT, text_BND);
  }

  /** Text tokens [B, N, D] and their mask [B, N]. */
  public static Conditioning text(Tensor text_BND, Tensor mask_BN) {
    return NONE.with(TEXT, text_BND).with(TEXT_MASK, mask_BN);
  }

  /** This and one more tensor, which replaces one of the same name. */
  public Conditioning with(String name, Tensor tensor) {
    if (tensor.dim() < 1) {
      throw new IllegalArgumentException("conditioning '" + name + "' has no batch axis");
    }
    Map<String, Tensor> all = new LinkedHashMap<>(tensors);
    all.put(name, tensor);
    return new Conditioning(all);
  }

  public Optional<Tensor> get(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  public Optional<Tensor> text() {
    return get(TEXT);
  }

  public Optional<Tensor> textMask() {
    return get(TEXT_MASK);
  }

  public Optional<Tensor> pooled() {
    return get(POOLED);
  }

  /** All tensors by name, in the order they were added. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /** This with every tensor of batch 1 repeated (as a view) to {@code batch}. */
  public Conditioning expand(long batch) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> {
      long[] shape = Tensors.shape(tensor);
      if (shape[0] != batch && shape[0] != 1) {
        throw new IllegalArgumentException(
            "conditioning '" + name + "' is for " + shape[0] + " clips, not " + batch);
      }
      shape[0] = batch;
      all.put(name, tensor.expand(shape));
    });
    return new Conditioning(all);
  }

  /**
   * One batch after another: for several guidance branches in one forward pass. All must hold the
   * same names and agree in every axis but the first.
   */
  public static Conditioning concat(List<Conditioning> branches) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    for (String name : branches.getFirst().tensors.keySet()) {
      List<Tensor> parts = new ArrayList<>();
      for (Conditioning branch : branches) {
        if (!branch.tensors.keySet().equals(branches.getFirst().tensors.keySet())) {
          throw new IllegalArgumentException(
              "branches hold different names: "
                  + branches.getFirst().tensors.keySet()
                  + " and "
                  + branch.tensors.keySet());
        }
        parts.add(branch.get(name).orElseThrow());
      }
      checkAgree(name, parts);
      all.put(name, Tensors.cat(parts, 0));
    }
    return new Conditioning(all);
  }

  private static void checkAgree(String name, List<Tensor> parts) {
    long[] first = Tensors.shape(parts.getFirst());
    for (Tensor part : parts) {
      long[] shape = Tensors.shape(part);
      if (shape.length != first.length
          || !Arrays.equals(shape, 1, shape.length, first, 1, first.length)) {
        throw new IllegalArgumentException(
            "conditioning '"
                + name
                + "' has shapes that do not join: "
                + Arrays.toString(first)
                + " and "
                + Arrays.toString(shape));
      }
    }
  }
}
