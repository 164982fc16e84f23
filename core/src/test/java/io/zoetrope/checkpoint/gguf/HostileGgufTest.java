package io.zoetrope.checkpoint.gguf;

import static io.zoetrope.checkpoint.gguf.GgufBytes.ARRAY;
import static io.zoetrope.checkpoint.gguf.GgufBytes.BOOL;
import static io.zoetrope.checkpoint.gguf.GgufBytes.F32;
import static io.zoetrope.checkpoint.gguf.GgufBytes.Q4_K;
import static io.zoetrope.checkpoint.gguf.GgufBytes.Q8_0;
import static io.zoetrope.checkpoint.gguf.GgufBytes.STRING;
import static io.zoetrope.checkpoint.gguf.GgufBytes.UINT8;
import static io.zoetrope.checkpoint.gguf.GgufBytes.join;
import static io.zoetrope.checkpoint.gguf.GgufBytes.text;
import static io.zoetrope.checkpoint.gguf.GgufBytes.u32;
import static io.zoetrope.checkpoint.gguf.GgufBytes.u64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.torch.PackedTensor;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are cut off or lie: one line each, and no memory for what they claim. */
class HostileGgufTest {
  private static final byte[] FOUR = new byte[16];

  @TempDir Path folder;

  private static GgufBytes good() {
    return new GgufBytes()
        .key("general.architecture", "wan")
        .tensor("a", F32, FOUR, 4)
        .tensor("b", Q8_0, new byte[68], 2, 32);
  }

  private static GgufBytes two(long begin) {
    return new GgufBytes().tensor("a", F32, new byte[64], 16).entry("b", F32, begin, 4);
  }

  private static Arguments row(String cause, GgufBytes file) {
    return Arguments.of(cause, file.bytes());
  }

  static Stream<Arguments> lies() {
    long huge = Long.MAX_VALUE;
    byte[] good = good().bytes();
    byte[] nested = join(u32(ARRAY), u64(1));
    return Stream.of(
        Arguments.of("ends within its first bytes", new byte[0]),
        Arguments.of("ends within its version", new byte[] {'G', 'G', 'U', 'F', 3}),
        row("does not begin with 'GGUF'", good().magic(0x46554746)),
        row("is of version 1 of GGUF", good().version(1)),
        row("is of version 4 of GGUF", good().version(4)),
        row("is of version 0 of GGUF", good().version(0)),
        row("claims version 4294967295", good().version(-1)),
        row("big-endian", good().version(0x03000000)),
        row("its number of tensors claims 9223372036854775807", good().tensors(huge)),
        row("its number of tensors claims 2000", good().tensors(2000)),
        row("its number of keys claims 9223372036854775807", good().keys(huge)),
        row("its number of keys claims 100000", good().keys(100_000)),
        row("cannot have had the shape [5, 3]", good().shaped("a", 5, 3)),
        row("cannot have had the shape [0, 16]", good().shaped("a", 0, 16)),
        row("alignment is 0", good().key("general.alignment", 0)),
        row("alignment is 24", good().key("general.alignment", 24)),
        row("alignment is big", good().key("general.alignment", "big")),
        row("is there twice", good().key("general.architecture", "again")),
        row("type 13, which the format does not know", good().key("k", 13, new byte[8])),
        row("type 4294967295", good().key("k", -1, new byte[8])),
        row("claims 18446744073709551615", good().key("k", STRING, u64(-1))),
        row("claims 4611686018427387904", good().key("k", STRING, u64(1L << 62))),
        row("key 'k' claims 1000000", good().key("k", ARRAY, join(u32(UINT8), u64(1_000_000)))),
        row("key 'k' claims 4611", good().key("k", ARRAY, join(u32(10), u64(1L << 62)))),
        row("key 'k' claims 300", good().key("k", ARRAY, join(u32(STRING), u64(300)))),
        row(
            "lists in lists",
            good().key("k", ARRAY, join(nested, nested, nested, nested, u32(UINT8), u64(0)))),
        row("neither 0 nor 1", good().key("k", BOOL, new byte[] {2})),
        row("is one of 3 pieces", good().key("split.count", 3)),
        row("blocks of version 1", good().key("general.quantization_version", 1)),
        row("is not UTF-8", new GgufBytes().entry(join(u64(2), new byte[] {-1, -1}, new byte[40]))),
        row("the longest allowed has 65535", good().entry(text("x".repeat(65_536)))),
        row(
            "the name of a tensor claims 9223372036854775807",
            good().entry(join(u64(huge), FOUR, FOUR))),
        row("has 9 axes", good().entry("c", F32, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1)),
        row("has 4294967295 axes", good().entry(join(text("c"), u32(-1), FOUR))),
        row("quantisation IQ4_XS, which is not read", good().entry("c", 23, 0, 256)),
        row("quantisation TQ1_0, which is not read", good().entry("c", 34, 0, 256)),
        row("quantisation MXFP4, which is not read", good().entry("c", 39, 0, 32)),
        row("type 5, which the format does not know", good().entry("c", 5, 0, 32)),
        row("type 4294967295", good().entry("c", -1, 0, 32)),
        row("impossible shape", good().entry("c", F32, 0, -1)),
        row("impossible shape", good().entry("c", F32, 0, 0)),
        row("impossible shape", good().entry("c", F32, 0, 1L << 33, 1L << 33)),
        row("impossible shape", good().entry("c", F32, 0, 1L << 62)),
        row("not of whole blocks of 32", good().entry("c", Q8_0, 0, 32, 48)),
        row("not of whole blocks of 256", good().entry("c", Q4_K, 0, 3, 32)),
        row("no multiple of the alignment 32", two(72)),
        row("begins at byte 18446744073709551584", two(-32)),
        row("it is truncated or damaged", two(1L << 40)),
        row("it is truncated or damaged", two(64)),
        row("it is truncated or damaged", good().entry("c", F32, 0, 1L << 40)),
        row("within the one before", two(32)),
        row("within the one before", two(0)),
        row("two tensors are called 'a'", good().tensor("a", F32, FOUR, 4)),
        Arguments.of("truncated or damaged", Arrays.copyOf(good, good.length - 1)),
        row("?[31m", good().entry("\u001b[31m", 5, 0, 32)));
  }

  @ParameterizedTest
  @MethodSource("lies")
  void liesAreNamedInOneLine(String cause, byte[] file) throws IOException {
    Path path = Files.write(folder.resolve("x.gguf"), file);
    long before = allocated();
    assertThatThrownBy(() -> GgufFile.open(path))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(cause)
        .matches(e -> String.valueOf(e.getMessage()).lines().count() == 1);
    assertThat(allocated() - before).isLessThan(8 << 20);
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    byte[] whole = good().bytes();
    Path path = folder.resolve("x.gguf");
    for (int length = 0; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> GgufFile.open(path)).isInstanceOf(UserError.class);
    }
    Files.write(path, whole);
    GgufFile.open(path).close();
  }

  /** Seeded: whatever the bytes, a file opens and reads, or there is one UserError. */
  @Test
  void mutatedFilesNeverCrash() throws IOException {
    byte[] whole =
        good()
            .key("list", ARRAY, join(u32(STRING), u64(2), text("a"), text("")))
            .tensor("c", Q4_K, new byte[144], 1, 256)
            .bytes();
    Path path = folder.resolve("x.gguf");
    int opened = 0;
    int cases = 4000;
    for (int i = 0; i < cases; i++) {
      Random random = new Random(50_000 + i);
      byte[] mutated = whole.clone();
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        int at = random.nextInt(mutated.length);
        mutated[at] =
            random.nextInt(3) == 0
                ? (byte) random.nextInt(256)
                : (byte) (mutated[at] ^ 1 << random.nextInt(8));
      }
      Files.write(path, mutated);
      long before = allocated();
      try (GgufFile open = GgufFile.open(path)) {
        opened++;
        Scopes.run(() ->
            open.entries()
                .keySet()
                .forEach(name -> {
                  PackedTensor.of(open.tensor(name))
                      .ifPresent(packed -> {
                        byte[] unused = Tensors.toBytes(PackedTensor.first(packed, 300));
                      });
                  byte[] unused = Tensors.toBytes(open.tensor(name));
                }));
      } catch (UserError e) {
        assertThat(String.valueOf(e.getMessage()).lines().count()).isEqualTo(1);
      }
      assertThat(allocated() - before).as("case %s", i).isLessThan(8 << 20);
    }
    assertThat(opened).isBetween(cases / 10, cases * 9 / 10);
  }
}
