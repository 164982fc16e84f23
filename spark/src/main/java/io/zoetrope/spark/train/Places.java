package io.zoetrope.spark.train;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Records whose paths are absolute. */
final class Places {
  private Places() {}

  /**
   * The same record with every path in it that leads to something from a folder absolute, at
   * whatever depth of records, lists and optionals. Others stay: they are names, or not there.
   */
  @SuppressWarnings("unchecked") // a record of its own class
  static <R extends Record> R absolute(R record, Path base) {
    return (R) within(record, base);
  }

  private static Object within(Object value, Path base) {
    return switch (value) {
      case Path path -> {
        Path from = base.resolve(path).normalize();
        yield Files.exists(from) ? from : path;
      }
      case Optional<?> some -> some.map(inside -> within(inside, base));
      case List<?> all -> all.stream().map(one -> within(one, base)).toList();
      case Record record -> rebuilt(record, base);
      default -> value;
    };
  }

  private static Object rebuilt(Record record, Path base) {
    RecordComponent[] components = record.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    boolean same = true;
    try {
      for (int i = 0; i < components.length; i++) {
        components[i].getAccessor().setAccessible(true);
        Object old = components[i].getAccessor().invoke(record);
        values[i] = within(old, base);
        same &= values[i].equals(old);
      }
      if (same) {
        return record;
      }
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<? extends Record> constructor = record.getClass().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
