package io.zoetrope.network.unet;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * How many transformer blocks each motion module has, for each resolution in the order of its way
 * and each layer there; a list of one stands for all. In JSON one number where all are alike.
 *
 * @param down of the way down
 * @param middle of the bottom
 * @param up of the way up, coarsest first
 */
public record MotionBlocks(List<List<Integer>> down, int middle, List<List<Integer>> up) {
  public MotionBlocks {
    down = down.stream().map(List::copyOf).toList();
    up = up.stream().map(List::copyOf).toList();
    boolean all = Stream.concat(down.stream(), up.stream()).noneMatch(List::isEmpty);
    boolean some =
        Stream.concat(down.stream(), up.stream()).flatMap(List::stream).allMatch(n -> n > 0);
    if (down.isEmpty() || up.isEmpty() || !all || !some || middle < 1) {
      throw new UserError(Fault.INVALID, "a motion module needs at least one block everywhere");
    }
  }

  /** The same everywhere. */
  public static MotionBlocks all(int blocks) {
    return new MotionBlocks(List.of(List.of(blocks)), blocks, List.of(List.of(blocks)));
  }

  /** As few lists as say it. */
  static MotionBlocks of(List<List<Integer>> down, int middle, List<List<Integer>> up) {
    return new MotionBlocks(shorter(down), middle, shorter(up));
  }

  private static List<List<Integer>> shorter(List<List<Integer>> lists) {
    return lists.stream().distinct().count() == 1 ? List.of(lists.getFirst()) : lists;
  }

  /** From JSON. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static MotionBlocks of(JsonNode json) {
    return json.isObject()
        ? new MotionBlocks(
            lists(json.path("down")), json.path("middle").asInt(0), lists(json.path("up")))
        : all(json.asInt(0));
  }

  private static List<List<Integer>> lists(JsonNode json) {
    List<List<Integer>> all = new ArrayList<>();
    for (JsonNode each : json) {
      List<Integer> one = new ArrayList<>();
      each.forEach(n -> one.add(n.asInt(0)));
      all.add(one);
    }
    return all;
  }

  /** As JSON has it. */
  @JsonValue
  Object json() {
    if (equals(all(middle))) {
      return middle;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("down", down);
    fields.put("middle", middle);
    fields.put("up", up);
    return fields;
  }

  /**
   * Of the module at a place.
   *
   * @throws UserError if the lists are not for so many places
   */
  int at(TemporalBlock.Spot spot) {
    return switch (spot.way()) {
      case DOWN -> pick(pick(down, spot.stage()), spot.layer());
      case MIDDLE -> middle;
      case UP -> pick(pick(up, spot.stage()), spot.layer());
    };
  }

  private static <T> T pick(List<T> all, int index) {
    if (all.size() > 1 && index >= all.size()) {
      throw new UserError(
          Fault.MISMATCH,
          "transformer_layers_per_block has %s numbers where a layer is the %s.: %s"
              .formatted(all.size(), index + 1, all));
    }
    return all.size() == 1 ? all.getFirst() : all.get(index);
  }
}
