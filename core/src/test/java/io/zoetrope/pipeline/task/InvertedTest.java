package io.zoetrope.pipeline.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zoetrope.error.UserError;
import io.zoetrope.pipeline.Engine;
import io.zoetrope.pipeline.Inversion;
import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.pipeline.family.ModelChoice;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.progress.Progress;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.RandomStream;
import io.zoetrope.torch.RandomStreams;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A source's own noise leads back to it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InvertedTest {
  private VideoModel model;
  private Engine engine;

  @BeforeAll
  void load(@TempDir Path folder) {
    model = VideoModel.load(ModelChoice.of(TinyModel.write(folder.resolve("model")), "f32"));
    engine = new Engine(model);
  }

  @AfterAll
  void close() {
    model.close();
  }

  private static Tensor content(int frames) {
    try (RandomStream stream = new RandomStreams(4).stream("content")) {
      return stream.normal(1, 4, frames, 4, 4);
    }
  }

  private static VideoRequest request(double guidance, String prompt) {
    return TinyModel.request(1, 4, 6, "ddim").withGuidance(guidance).withPrompt(prompt);
  }

  private double back(Tensor source, VideoRequest request, int passes, String words, boolean away) {
    return Inversion.likeness(made(source, request, 1, passes, words, away), source);
  }

  private Tensor made(
      Tensor source,
      VideoRequest request,
      double strength,
      int passes,
      String words,
      boolean away) {
    return new Inverted(source, strength, 1, new Inversion(passes), words, away, Optional.empty())
        .latents(engine, List.of(request), Progress.NONE);
  }

  @Test
  void theSameWordsWithoutGuidanceLeadBackTheNearerTheMorePasses() {
    Scopes.run(() -> {
      Tensor source = content(4);
      VideoRequest same = request(1, "a red ball");
      double plain = back(source, same, 0, "a red ball", false);
      double more = back(source, same, 5, "a red ball", false);
      assertThat(more).as("%s dB, then %s", plain, more).isGreaterThan(60).isGreaterThan(plain);
      // Clips of one video, each from its own noise.
      Tensor longer = content(9);
      assertThat(back(longer, same, 5, "a red ball", false)).isGreaterThan(60);
    });
  }

  @Test
  void guidanceAwayFromTheSourcesOwnWordsChangesNothing() {
    Scopes.run(() -> {
      Tensor source = content(4);
      VideoRequest guided = request(7, "a red ball");
      assertThat(back(source, guided, 5, "a red ball", true)).isGreaterThan(50);
      assertThat(back(source, guided, 5, "a red ball", false)).isLessThan(50);
    });
  }

  private Tensor edited(
      Tensor source, VideoRequest request, Inverted.Away away, Optional<Tensor> mask) {
    return new Inverted(source, 1, 1, new Inversion(0), "a red ball", away, mask, Optional.empty())
        .latents(engine, List.of(request), Progress.NONE);
  }

  @Test
  void whatIsOptimizedLeadsBackUnderGuidance() {
    Scopes.run(() -> {
      Tensor source = content(4);
      VideoRequest guided = request(7, "a red ball");
      double plain =
          Inversion.likeness(
              edited(source, guided, Inverted.Away.NEGATIVE, Optional.empty()), source);
      double found =
          Inversion.likeness(
              edited(source, guided, Inverted.Away.OPTIMIZED, Optional.empty()), source);
      assertThat(found).as("%s dB, then %s", plain, found).isGreaterThan(plain + 3);
      // Other words are led by it elsewhere, clip by clip.
      Tensor longer = content(9);
      Tensor other =
          edited(longer, request(7, "a blue ball"), Inverted.Away.OPTIMIZED, Optional.empty());
      assertThat(Inversion.likeness(other, longer)).isLessThan(found);
    });
  }

  @Test
  void outsideOfTheMaskTheSourceStaysToTheBit() {
    Scopes.run(() -> {
      Tensor source = content(9);
      VideoRequest guided = request(7, "a blue ball");
      Tensor mask = Tensors.zeros(1, 1, 9, 4, 4);
      mask.narrow(4, 2, 2).fill_(new Scalar(1));
      for (Inverted.Away away : Inverted.Away.values()) {
        for (Tensor m : List.of(mask, mask.narrow(2, 0, 1))) {
          Tensor made = edited(source, guided, away, Optional.of(m));
          assertThat(made.narrow(4, 0, 2).equal(source.narrow(4, 0, 2))).as("%s", away).isTrue();
          assertThat(made.narrow(4, 2, 2).equal(source.narrow(4, 2, 2))).as("%s", away).isFalse();
        }
      }
      Tensor none = edited(source, guided, Inverted.Away.NEGATIVE, Optional.empty());
      Tensor all =
          edited(source, guided, Inverted.Away.NEGATIVE, Optional.of(Ops.add(Ops.mul(mask, 0), 1)));
      assertThat(all.equal(none)).isTrue();
    });
  }

  /** The network is asked, with a gradient, as often as there are steps and passes in them. */
  @Test
  void nativeMemoryIsFlatOverWhatIsOptimized() {
    Scopes.run(() -> {
      Tensor source = content(4);
      VideoRequest guided = request(7, "a red ball");
      long[] handles = new long[3];
      for (int i = 0; i < handles.length; i++) {
        int run = i;
        Scopes.run(() -> {
          Tensor unused = edited(source, guided, Inverted.Away.OPTIMIZED, Optional.empty());
        });
        handles[run] = Pointer.totalCount();
      }
      assertThat(handles[2]).isLessThanOrEqualTo(handles[1]);
    });
  }

  @Test
  void whatComesBackIsMeasuredWhereItIsAskedFor() {
    Scopes.run(() -> {
      List<Double> told = new ArrayList<>();
      Tensor source = content(9);
      Tensor unused =
          new Inverted(source, 1, 1, new Inversion(3), "", false, Optional.of(told::add))
              .latents(engine, List.of(request(3, "a blue ball")), Progress.NONE);
      assertThat(told).hasSize(3).allMatch(db -> db > 40);
    });
  }

  @Test
  void noFreshNoiseIsInIt() {
    Scopes.run(() -> {
      Tensor source = content(4);
      VideoRequest request = request(3, "a blue ball");
      assertThat(Tensors.toBytes(made(source, request, 0.5, 1, "", false)))
          .isEqualTo(Tensors.toBytes(made(source, request.withSeed(99), 0.5, 1, "", false)));
    });
  }

  @Test
  void aSamplerThatDrawsNoiseIsRefusedInOneLine() {
    Scopes.run(() ->
        assertThatThrownBy(
                () -> made(content(4), request(1, "").withSampler("ancestral"), 1, 0, "", false))
            .isInstanceOf(UserError.class)
            .hasMessageContaining("ancestral")
            .hasMessageNotContaining("\n"));
  }
}
