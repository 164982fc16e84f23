package io.zoetrope.network.vae.tiny;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.zoetrope.Parity;
import io.zoetrope.checkpoint.keys.VaeFile;
import io.zoetrope.error.UserError;
import io.zoetrope.network.vae.Autoencoder;
import io.zoetrope.network.vae.LatentGrid;
import io.zoetrope.network.vae.Stretches;
import io.zoetrope.nn.ParameterStore;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Precision;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against fixtures of reference/make_taehv.py, in files as the released ones are. */
class TinyVaeTest {
  private static void with(String name, BiConsumer<Parity, TinyVae> body) {
    try (Parity fixture = Parity.of("taehv/" + name);
        VaeFile file = VaeFile.open(fixture.folder().resolve("taew.safetensors"))) {
      assertThat(TinyConfig.is(file.names())).isTrue();
      Scopes.run(() -> {
        ParameterStore store = ParameterStore.forInference(file.weights().tensors(), Precision.F32);
        TinyVae vae = TinyConfig.of(file.shapes()).build(store.root());
        store.requireComplete(name);
        body.accept(fixture, vae);
        store.close();
      });
    }
  }

  /** Bytes as pixels from -1 to 1. */
  private static Tensor pixels(Parity fixture) {
    return Ops.add(Ops.mul(fixture.get("x").to(ScalarType.Float), 2 / 255.0), -1);
  }

  /** Every third row and fifth column. */
  private static Tensor kept(Tensor x) {
    return every(every(x, 3, 3), 4, 5);
  }

  private static Tensor every(Tensor x, int axis, int step) {
    long[] places = LongStream.iterate(0, i -> i < x.size(axis), i -> i + step).toArray();
    return x.index_select(axis, Tensors.of(places, places.length));
  }

  @ParameterizedTest
  @ValueSource(strings = {"w21", "w22"})
  void encodesAndDecodesAsTheReference(String name) {
    with(
        name,
        (fixture, vae) -> {
          fixture.check("encoded", vae.encode(pixels(fixture)));
          fixture.check("one.encoded", vae.encode(pixels(fixture).narrow(2, 0, 1)));
          fixture.check("decoded", kept(vae.decode(fixture.get("z"))));
        });
  }

  @Test
  void itsShapeIsThatOfItsWeights() {
    with(
        "w21",
        (fixture, vae) -> {
          assertThat(vae.config())
              .isEqualTo(
                  new TinyConfig(
                      4, 1, 8, List.of(2, 2, 1), List.of(16, 12, 8, 8), List.of(1, 2, 2)));
          assertThat(vae.grid()).isEqualTo(new LatentGrid(4, 8, 4, true));
        });
    with("w22", (fixture, vae) -> assertThat(vae.grid()).isEqualTo(new LatentGrid(4, 16, 4, true)));
  }

  private static void requireSame(Tensor actual, Tensor expected) {
    assertThat(Tensors.shape(actual)).isEqualTo(Tensors.shape(expected));
    assertThat(Tensors.toBytes(actual)).isEqualTo(Tensors.toBytes(expected));
  }

  /** What blocks remember makes pieces the whole, to the bit. */
  @ParameterizedTest
  @ValueSource(strings = {"w21", "w22"})
  void streamsAreTheWhole(String name) {
    with(
        name,
        (fixture, vae) -> {
          Tensor z = fixture.get("z");
          Tensor whole = vae.decode(z);
          for (int[] pieces : new int[][] {{1, 1, 1}, {2, 1}, {1, 2}}) {
            List<Tensor> parts = new ArrayList<>();
            try (Autoencoder.Passage passage = vae.decoding(48, 56)) {
              int from = 0;
              for (int count : pieces) {
                parts.add(passage.next(z.narrow(2, from, count), Progress.NONE));
                from += count;
              }
            }
            requireSame(Tensors.cat(parts, 2), whole);
          }
          requireSame(vae.decode(z.narrow(2, 0, 2)), whole.narrow(2, 0, 5));
          Stretches stretches = new Stretches(vae);
          requireSame(stretches.decode(z, Progress.NONE), whole);
          requireSame(
              stretches.encode(pixels(fixture), Progress.NONE), vae.encode(pixels(fixture)));
        });
  }

  /** A block forgets nothing: without the latent before, frames are others. */
  @Test
  void framesOweSomethingToThoseBefore() {
    with(
        "w21",
        (fixture, vae) -> {
          Tensor z = fixture.get("z");
          Tensor later = vae.decode(z).narrow(2, 5, 4);
          Tensor alone = vae.decode(z.narrow(2, 1, 2)).narrow(2, 1, 4);
          assertThat(Parity.distance(alone, later)).isGreaterThan(0.01);
        });
  }

  @Test
  void encodingTakesOnePiece() {
    with(
        "w21",
        (fixture, vae) -> {
          try (Autoencoder.Passage passage = vae.encoding(48, 56)) {
            Tensor unused = passage.next(pixels(fixture), Progress.NONE);
            assertThatIllegalStateException()
                .isThrownBy(() -> passage.next(pixels(fixture), Progress.NONE));
          }
          assertThatExceptionOfType(UserError.class)
              .isThrownBy(() -> vae.encode(Tensors.zeros(1, 3, 1, 44, 56)))
              .withMessageContaining("multiples of 8");
        });
  }

  @Test
  void tellsOfFrames() {
    with(
        "w21",
        (fixture, vae) -> {
          List<Long> done = new ArrayList<>();
          Progress progress =
              new Progress() {
                @Override
                public void update(Report report) {
                  assertThat(report.phase()).isEqualTo(Phase.DECODE);
                  assertThat(report.total()).isEqualTo(9);
                  done.add(report.done());
                }

                @Override
                public boolean cancelled() {
                  return false;
                }
              };
          Tensor unused = vae.decode(fixture.get("z"), progress);
          assertThat(done).containsExactly(1L, 5L, 9L);
        });
  }

  @Test
  void aFileWithoutAKernelIsNamed() {
    try (Parity fixture = Parity.of("taehv/w21");
        VaeFile file = VaeFile.open(fixture.folder().resolve("taew.safetensors"))) {
      Map<String, long[]> shapes = new LinkedHashMap<>(file.shapes());
      shapes.remove("decoder.22.weight");
      assertThatExceptionOfType(UserError.class)
          .isThrownBy(() -> TinyConfig.of(shapes))
          .withMessageContaining("no kernel decoder.22.weight");
    }
  }
}
