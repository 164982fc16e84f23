package io.zoetrope.elsewhere;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** No operation mixes devices, and nothing is read back: {@link Elsewhere}. */
class ElsewhereTest {
  private static final ClassLoader WATCHED = new WatchedClasses();

  @TempDir private static Path folder;

  private static Object call(Class<?> kind, String method, Object... arguments) throws Throwable {
    Class<?> cases = Class.forName(kind.getName(), true, WATCHED);
    Class<?>[] types = Stream.of(arguments).map(Object::getClass).toArray(Class<?>[]::new);
    try {
      return Objects.requireNonNullElse(
          cases.getMethod(method, types).invoke(null, arguments), "done");
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  static List<?> names() throws Throwable {
    return (List<?>) call(Cases.class, "names");
  }

  @ParameterizedTest
  @MethodSource("names")
  void runsElsewhere(String name) throws Throwable {
    call(Cases.class, "check", name);
  }

  static List<?> orders() throws Throwable {
    return (List<?>) call(OrderCases.class, "names");
  }

  /** From the files of an order to its frames. */
  @ParameterizedTest
  @MethodSource("orders")
  void makesElsewhere(String name) throws Throwable {
    call(OrderCases.class, "check", name, folder.toString());
  }

  /** What breaks the rules is told. */
  @ParameterizedTest
  @CsvSource({
    "matmul, mixes",
    "matmul by name, mixes",
    "cat, mixes",
    "index, mixes",
    "norm, mixes",
    "number, reads back",
    "values, reads back"
  })
  void breachesAreTold(String name, String told) {
    assertThatThrownBy(() -> call(Cases.class, "breach", name)).hasMessageContaining(told);
  }
}
