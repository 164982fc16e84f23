package io.zoetrope.torch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.pytorch.Tensor;

/**
 * Reshapes that state their axes: {@code rearrange(x, "b c f h w -> (b f) c h w")}. Axes in
 * brackets are merged or split, the first named axis varying slowest; a split needs the sizes that
 * cannot be inferred, as in {@code rearrange(x, "(b f) c h w -> b c f h w", "f", 16)}. The notation
 * is that of einops (Rogozhnikov, ICLR 2022).
 */
public final class Rearrange {
  private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

  private Rearrange() {}

  public static Tensor rearrange(Tensor x, String pattern) {
    return pattern(pattern).apply(x, Map.of());
  }

  public static Tensor rearrange(Tensor x, String pattern, String axis, long size) {
    return pattern(pattern).apply(x, Map.of(axis, size));
  }

  public static Tensor rearrange(
      Tensor x, String pattern, String axis1, long size1, String axis2, long size2) {
    return pattern(pattern).apply(x, Map.of(axis1, size1, axis2, size2));
  }

  public static Tensor rearrange(Tensor x, String pattern, Map<String, Long> sizes) {
    return pattern(pattern).apply(x, sizes);
  }

  private static Pattern pattern(String text) {
    return PATTERNS.computeIfAbsent(text, Pattern::parse);
  }

  /** Both sides as groups of axes, and the permutation between their flat lists. */
  private record Pattern(
      String text, List<List<String>> left, List<List<String>> right, List<Integer> permutation) {

    static Pattern parse(String text) {
      String[] sides = text.split("->", -1);
      if (sides.length != 2) {
        throw new IllegalArgumentException("a pattern needs one '->': " + text);
      }
      List<List<String>> left = groups(sides[0], text);
      List<List<String>> right = groups(sides[1], text);
      List<String> from = left.stream().flatMap(List::stream).toList();
      List<String> to = right.stream().flatMap(List::stream).toList();
      if (from.size() != to.size()
          || from.stream().distinct().count() != from.size()
          || !from.containsAll(to)
          || !to.containsAll(from)) {
        throw new IllegalArgumentException(
            "both sides must name the same axes, once each: " + text);
      }
      return new Pattern(text, left, right, to.stream().map(from::indexOf).toList());
    }

    private static List<List<String>> groups(String side, String text) {
      List<List<String>> groups = new ArrayList<>();
      List<String> open = null;
      for (String token : side.replace("(", " ( ").replace(")", " ) ").trim().split("\\s+", -1)) {
        switch (token) {
          case "(" -> {
            if (open != null) {
              throw new IllegalArgumentException("nested brackets: " + text);
            }
            open = new ArrayList<>();
          }
          case ")" -> {
            if (open == null) {
              throw new IllegalArgumentException("unbalanced brackets: " + text);
            }
            groups.add(List.copyOf(open));
            open = null;
          }
          default -> {
            if (open != null) {
              open.add(token);
            } else {
              groups.add(List.of(token));
            }
          }
        }
      }
      if (open != null) {
        throw new IllegalArgumentException("unbalanced brackets: " + text);
      }
      return List.copyOf(groups);
    }

    Tensor apply(Tensor x, Map<String, Long> given) {
      if (x.dim() != left.size()) {
        throw new IllegalArgumentException(x.dim() + " axes do not fit '" + text + "'");
      }
      Map<String, Long> sizes = new HashMap<>(given);
      for (int i = 0; i < left.size(); i++) {
        infer(left.get(i), x.size(i), sizes);
      }
      Tensor split = x;
      if (left.stream().anyMatch(group -> group.size() != 1)) {
        split = x.reshape(sizesOf(left.stream().flatMap(List::stream).toList(), sizes));
      }
      long[] order = permutation.stream().mapToLong(Integer::longValue).toArray();
      Tensor moved = inOrder(order) ? split : split.permute(order);
      if (right.stream().allMatch(group -> group.size() == 1)) {
        return moved;
      }
      long[] merged = new long[right.size()];
      for (int i = 0; i < merged.length; i++) {
        long product = 1;
        for (String axis : right.get(i)) {
          product *= Objects.requireNonNull(sizes.get(axis));
        }
        merged[i] = product;
      }
      return moved.reshape(merged);
    }

    private void infer(List<String> group, long size, Map<String, Long> sizes) {
      String unknown = null;
      long known = 1;
      for (String axis : group) {
        Long s = sizes.get(axis);
        if (s != null) {
          known *= s;
        } else if (unknown == null) {
          unknown = axis;
        } else {
          throw new IllegalArgumentException(
              "sizes of both " + unknown + " and " + axis + " are unknown: " + text);
        }
      }
      if (unknown != null && known > 0 && size % known == 0) {
        sizes.put(unknown, size / known);
      } else if (unknown != null || known != size) {
        throw new IllegalArgumentException(
            "an axis of " + size + " does not fit " + group + " in '" + text + "'");
      }
    }

    private static long[] sizesOf(List<String> axes, Map<String, Long> sizes) {
      return axes.stream().mapToLong(sizes::get).toArray();
    }

    private static boolean inOrder(long[] order) {
      for (int i = 0; i < order.length; i++) {
        if (order[i] != i) {
          return false;
        }
      }
      return true;
    }
  }
}
