package io.zoetrope.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

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

  @Test
  void javaCppHasNoLimitOfItsOwn() {
    Natives.prepare();
    assertThat(System.getProperty("org.bytedeco.javacpp.maxBytes")).isEqualTo("0");
    assertThat(System.getProperty("org.bytedeco.javacpp.maxPhysicalBytes")).isEqualTo("0");
  }
}
