package io.zoetrope.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NativeErrorsTest {
  private static final String CPP =
      "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 0\n"
          + "Exception raised from infer_size_impl at /build/aten/src/ATen/ExpandUtils.cpp:31 (most"
          + " recent call first):\nframe #0: c10::Error::Error(...) + 0x9f (0x7f)\n";

  @Test
  void aStackOfCppIsCutOff() {
    RuntimeException from = new RuntimeException(CPP);
    RuntimeException plain = NativeErrors.plain(from);
    assertThat(plain)
        .hasMessage(
            "The size of tensor a (3) must match the size of tensor b (4) at non-singleton"
                + " dimension 0")
        .hasCause(from);
    assertThat(new UserError("the file is no model: " + CPP).getMessage())
        .endsWith("at non-singleton dimension 0");
  }

  @Test
  void memoryThatRanOutIsSomethingToMend() {
    RuntimeException from =
        new RuntimeException(
            "[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't"
                + " allocate memory: you tried to allocate 8 bytes.");
    assertThat(NativeErrors.plain(from))
        .isInstanceOfSatisfying(
            UserError.class, e -> assertThat(e.fault()).isEqualTo(Fault.TOO_LARGE))
        .hasCause(from);
  }

  @Test
  void othersStay() {
    RuntimeException own = new ArithmeticException("mine");
    assertThat(NativeErrors.plain(own)).isSameAs(own);
    RuntimeException silent = new IllegalStateException();
    assertThat(NativeErrors.plain(silent)).isSameAs(silent);
  }
}
