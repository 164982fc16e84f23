package io.zoetrope.torch;

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

  @Test
  void whatIsMissingNamesTheDependency() {
    LinkageError missing = new UnsatisfiedLinkError("no jnitorch in java.library.path: /usr/lib");
    assertThat(NativeLibrary.why("libtorch", "linux-x86_64", missing))
        .hasMessage(
            "the native libraries of libtorch for linux-x86_64 are not on the class path: add the"
                + " dependency io.zoetrope:zoetrope-natives-linux-x86_64")
        .hasCause(missing);
    assertThat(NativeLibrary.why("libtorch", "linux-arm64", missing).getMessage())
        .endsWith(
            "there are some for linux-x86_64, macosx-arm64, macosx-x86_64, windows-x86_64 only");
    assertThat(
            NativeLibrary.why("FFmpeg", "linux-x86_64", new UnsatisfiedLinkError("GLIBC_2.38"))
                .getMessage())
        .contains("do not load: GLIBC_2.38");
  }
}
