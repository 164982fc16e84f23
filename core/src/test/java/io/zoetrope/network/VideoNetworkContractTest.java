package io.zoetrope.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.zoetrope.Parity;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.elsewhere.Family;
import io.zoetrope.torch.Recompute;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Segments;
import io.zoetrope.torch.Tensors;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every network promises, whatever family and inflation it is of. */
class VideoNetworkContractTest {
  private static final int FRAMES = 3;

  /** Products of larger matrices may round otherwise. */
  private static final double MARK = 1e-5;

  static Stream<String> families() {
    return Family.ALL.keySet().stream();
  }

  /** One network and what it is asked. */
  private record Asked(Family family, VideoNetwork network) {
    static Asked of(String name) {
      Family family = Family.of(name);
      return new Asked(family, family.make().apply(tensor -> tensor));
    }

    Tensor z(long clips, long channels) {
      return TestNetworks.normal("z", clips, channels, FRAMES, 8, 8);
    }

    Tensor z(long clips) {
      return z(clips, family.channels());
    }

    /** One text. */
    Conditioning told(String text) {
      return Conditioning.text(
              TestNetworks.normal(text, 1, 5, family.textWidth()),
              Tensors.full(1, 1, 5).to(ScalarType.Bool))
          .withPooled(TestNetworks.normal(text + " pooled", 1, family.textWidth()))
          .and(family.conditioning());
    }

    /** A text for each clip. */
    Conditioning told(String... texts) {
      return Conditioning.concat(Stream.of(texts).map(this::told).toList());
    }

    Tensor predict(Tensor z, Tensor t_BF, Conditioning told) {
      return Scopes.noGrad(() -> network.predict(z, t_BF, told));
    }
  }

  private static Tensor levels(double... t) {
    return Tensors.of(t, t.length / FRAMES, FRAMES).to(ScalarType.Float);
  }

  private static void requireSame(Tensor actual, Tensor expected) {
    assertThat(Tensors.toFloats(actual)).isEqualTo(Tensors.toFloats(expected));
  }

  /**
   * The list of families holds every class of network there is; what training joins is none of its
   * own.
   */
  @Test
  void everyNetworkIsThere() {
    List<String> classes =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.zoetrope")
                .stream()
                .filter(c -> c.isAssignableTo(VideoNetwork.class) && !c.isInterface())
                .map(c -> c.getName())
                .filter(name -> !name.startsWith("io.zoetrope.train."))
                .toList();
    Stream<String> made = families().map(name -> Asked.of(name).network.getClass().getName());
    assertThat(made.distinct().toList()).containsExactlyInAnyOrderElementsOf(classes);
  }

  @ParameterizedTest
  @MethodSource("families")
  void answersInTheShapeAndFormatItIsAsked(String name) {
    Scopes.run(() -> {
      Asked asked = Asked.of(name);
      Tensor z = asked.z(2);
      Tensor answer = asked.predict(z, levels(3, 50, 700, 9, 9, 9), asked.told("one", "another"));
      assertThat(Tensors.shape(answer)).isEqualTo(Tensors.shape(z));
      assertThat(answer.scalar_type().intern()).isEqualTo(ScalarType.Float);
      for (float x : Tensors.toFloats(answer)) {
        assertThat(x).isFinite();
      }
    });
  }

  @ParameterizedTest
  @MethodSource("families")
  void theSameQuestionHasTheSameAnswer(String name) {
    Scopes.run(() -> {
      Asked asked = Asked.of(name);
      Tensor t = levels(3, 50, 700);
      Tensor z = asked.z(1);
      Tensor before = z.clone();
      Tensor answer = asked.predict(z, t, asked.told("text"));
      requireSame(asked.predict(z, t, asked.told("text")), answer);
      requireSame(z, before);
    });
  }

  @ParameterizedTest
  @MethodSource("families")
  void eachFramesLevelIsItsOwn(String name) {
    Scopes.run(() -> {
      Asked asked = Asked.of(name);
      Tensor answer = asked.predict(asked.z(1), levels(100, 100, 100), asked.told("text"));
      for (int frame = 0; frame < FRAMES; frame++) {
        double[] t = {100, 100, 100};
        t[frame] = 400;
        Tensor other = asked.predict(asked.z(1), levels(t), asked.told("text"));
        double changed = Parity.distance(other.select(2, frame), answer.select(2, frame));
        assertThat(changed).as("frame %d", frame).isGreaterThan(1e-3);
      }
    });
  }

  @ParameterizedTest
  @MethodSource("families")
  void aClipIsAnsweredAloneAsInABatch(String name) {
    Scopes.run(() -> {
      Asked asked = Asked.of(name);
      double[] t = {3, 50, 700, 9, 200, 9};
      String[] texts = {"one", "another"};
      Tensor both = asked.predict(asked.z(2), levels(t), asked.told(texts));
      for (int clip = 0; clip < 2; clip++) {
        Tensor alone =
            asked.predict(
                asked.z(2).narrow(0, clip, 1),
                levels(t).narrow(0, clip, 1),
                asked.told(texts[clip]));
        assertThat(Parity.distance(both.narrow(0, clip, 1), alone)).isLessThan(MARK);
      }
    });
  }

  @ParameterizedTest
  @MethodSource("families")
  void whatIsSaidMatters(String name) {
    Scopes.run(() -> {
      Asked asked = Asked.of(name);
      Tensor t = levels(3, 50, 700);
      Tensor one = asked.predict(asked.z(1), t, asked.told("text"));
      Tensor other = asked.predict(asked.z(1), t, asked.told("other"));
      assertThat(Parity.distance(other, one)).isGreaterThan(1e-3);
    });
  }

  @ParameterizedTest
  @MethodSource("families")
  void segmentsChangeNothing(String name) {
    Scopes.run(() -> {
      Asked asked = Asked.of(name);
      Tensor t = levels(3, 50, 700);
      Conditioning told = asked.told("text");
      // Without gradients both: the CPU has kernels of its own where there are some.
      Scopes.noGrad(() -> {
        Tensor plain = asked.network.predict(asked.z(1), t, told, Segments.PLAIN);
        requireSame(asked.network.predict(asked.z(1), t, told, new Recompute()), plain);
        return plain;
      });
    });
  }

  @ParameterizedTest
  @MethodSource("families")
  void wrongChannelsAreRefusedInALine(String name) {
    Scopes.run(() -> {
      Asked asked = Asked.of(name);
      Tensor z = asked.z(1, asked.family.channels() + 1);
      assertThatThrownBy(() -> asked.predict(z, levels(3, 50, 700), asked.told("text")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(String.valueOf(asked.family.channels() + 1))
          .message()
          .hasLineCount(1);
    });
  }
}
