package io.zoetrope.server.videos;

import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.TaskSpec;
import io.zoetrope.record.RecordReader;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Where tasks have their sources, by the names of their keys. */
final class Sources {
  /** Keys of each task: those that it must have first. */
  private static final Map<String, Keys> KEYS = keys();

  private Sources() {}

  /**
   * Of a task.
   *
   * @param all names of pictures, videos, plans
   * @param shown those that a reference may stand for
   */
  record Keys(List<String> all, List<String> shown) {}

  /** Of a task by its kind; of one that there is not, none. */
  static Keys of(String kind) {
    return KEYS.getOrDefault(kind, new Keys(List.of(), List.of()));
  }

  private static Map<String, Keys> keys() {
    Map<String, Keys> all = new TreeMap<>();
    for (Class<?> task : TaskSpec.class.getPermittedSubclasses()) {
      if (task.isRecord()) {
        all.put(RecordReader.kind(TaskSpec.class, task), keys(task));
      }
    }
    return all;
  }

  private static Keys keys(Class<?> task) {
    List<String> needed = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (RecordComponent part : task.getRecordComponents()) {
      if (part.getType() == SourceRef.class) {
        needed.add(part.getName());
      } else if (part.getType() == Optional.class
          && part.getGenericType() instanceof ParameterizedType p
          && p.getActualTypeArguments()[0] == SourceRef.class) {
        others.add(part.getName());
      }
    }
    List<String> all = new ArrayList<>(needed);
    all.addAll(others);
    List<String> shown = new ArrayList<>(needed);
    others.stream().filter("video"::equals).forEach(shown::add);
    return new Keys(List.copyOf(all), List.copyOf(shown));
  }
}
