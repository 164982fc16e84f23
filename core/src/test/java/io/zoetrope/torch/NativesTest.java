package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class NativesTest {
  @Test
  void librariesLoadOnceAndFromAnyThread() throws InterruptedException {
    Natives.begin();
    assertThat(Natives.settle()).isTrue();
    Thread other = Thread.ofPlatform().start(Natives::load);
    other.join();
    assertThatCode(Natives::load).doesNotThrowAnyException();
  }

  /** libgomp compares by the locale: in a Turkish one, PASSIVE is not passive. */
  @Test
  void libgompIsToldInLowerCase() throws Throwable {
    Natives.prepare();
    Linker linker = Linker.nativeLinker();
    MemorySegment getenv = linker.defaultLookup().find("getenv").orElseThrow();
    FunctionDescriptor type = FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom("OMP_WAIT_POLICY");
      MemorySegment value = (MemorySegment) linker.downcallHandle(getenv, type).invokeExact(name);
      assertThat(value.reinterpret(64).getString(0)).isEqualTo("passive");
    }
  }

  @Test
  void javaCppHasNoLimitOfItsOwn() {
    Natives.prepare();
    assertThat(System.getProperty("org.bytedeco.javacpp.maxBytes")).isEqualTo("0");
    assertThat(System.getProperty("org.bytedeco.javacpp.maxPhysicalBytes")).isEqualTo("0");
  }
}
