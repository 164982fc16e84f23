package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NativeLibraryTest {
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
