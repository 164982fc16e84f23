package io.zoetrope.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void olderAnnotationsOfJacksonAreNamed() {
    ClassLoader older = new WithoutNewAnnotations();
    assertThatThrownBy(() -> Class.forName(Json.class.getName(), true, older))
        .isInstanceOf(ExceptionInInitializerError.class)
        .cause()
        .hasMessageContaining("name com.fasterxml.jackson.core:jackson-annotations:");
    assertThat(Json.MAPPER.createObjectNode()).isEmpty();
  }

  /** As where somebody's POM brings annotations that Jackson 2.19 was content with. */
  private static final class WithoutNewAnnotations extends ClassLoader {
    WithoutNewAnnotations() {
      super(JsonTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.endsWith(".JsonSerializeAs")) {
        throw new ClassNotFoundException(name);
      }
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      boolean own = name.startsWith("tools.jackson.") || name.equals(Json.class.getName());
      return own ? define(name) : super.loadClass(name, resolve);
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] code = in.readAllBytes();
        return defineClass(name, code, 0, code.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
