package io.zoetrope.record;

import io.zoetrope.error.UserError;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Records made of records, as trees. */
public final class Records {
  private Records() {}

  /** This with every part of a kind changed, also in lists and in records within records. */
  public static <T extends Record, P> T map(T value, Class<P> kind, UnaryOperator<P> change) {
    Class<? extends Record> type = value.getClass();
    RecordComponent[] components = type.getRecordComponents();
    Object[] parts = new Object[components.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = changed(get(components[i], value), kind, change);
    }
    @SuppressWarnings("unchecked") // made by the same record's constructor
    T made = (T) construct(type, parts);
    return made;
  }

  /** Every part of a kind, in the order of its components. */
  public static <P> List<P> all(Record value, Class<P> kind) {
    List<P> found = new ArrayList<>();
    Record unused =
        map(
            value,
            kind,
            part -> {
              found.add(part);
              return part;
            });
    return found;
  }

  // By conditions: a switch over patterns is woven at each start, for some milliseconds.
  private static <P> Object changed(Object part, Class<P> kind, UnaryOperator<P> change) {
    if (kind.isInstance(part)) {
      return change.apply(kind.cast(part));
    }
    if (part instanceof Optional<?> optional) {
      return optional.map(inner -> changed(inner, kind, change));
    }
    if (part instanceof List<?> list) {
      return list.stream().map(item -> changed(item, kind, change)).toList();
    }
    return part instanceof Record record ? map(record, kind, change) : part;
  }

  /** The value of a component. */
  static Object get(RecordComponent component, Object value) {
    try {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * A record of these parts.
   *
   * @throws UserError as the record does, and IllegalArgumentException likewise
   */
  static Object construct(Class<?> type, Object[] parts) {
    try {
      Class<?>[] types =
          Arrays.stream(type.getRecordComponents())
              .map(RecordComponent::getType)
              .toArray(Class<?>[]::new);
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(parts);
    } catch (InvocationTargetException e) {
      switch (e.getCause()) {
        case UserError user -> throw user;
        case IllegalArgumentException wrong -> throw wrong;
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
