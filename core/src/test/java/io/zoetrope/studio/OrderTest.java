package io.zoetrope.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Fit;
import io.zoetrope.media.OutputFormat;
import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.order.AnimateSpec;
import io.zoetrope.pipeline.order.ExtendSpec;
import io.zoetrope.pipeline.order.FrameSink;
import io.zoetrope.pipeline.order.InterpolateSpec;
import io.zoetrope.pipeline.order.LoopSpec;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.RefineSpec;
import io.zoetrope.pipeline.order.RestyleSpec;
import io.zoetrope.pipeline.order.RollSpec;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.TravelSpec;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.schedule.Samplers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the calls of orders say in the value that is made. */
class OrderTest {
  private static final Maker NOBODY =
      new Maker() {
        @Override
        public ModelRef model() {
          return ModelRef.of("tiny");
        }

        @Override
        public Made make(VideoOrder order, Given given, FrameSink sink, Watcher watcher) {
          throw new AssertionError("nothing is made here");
        }
      };

  private static final Media IMAGE = Media.of(Path.of("a.png"));
  private static final Media VIDEO = Media.of(Path.of("a.mp4"));

  private static Order.Generate generate() {
    return new Drafts.Generate(NOBODY, "a red ball");
  }

  private static Order.Animate animate() {
    Given given = new Given();
    return new Drafts.Animate(NOBODY, given, given.add(IMAGE));
  }

  private static Order.Interpolate interpolate() {
    Given given = new Given();
    return new Drafts.Interpolate(NOBODY, given, given.add(IMAGE), given.add(VIDEO));
  }

  private static Order.Loop loop() {
    Given given = new Given();
    return new Drafts.Loop(NOBODY, given, given.add(IMAGE));
  }

  private static Order.Extend extend() {
    Given given = new Given();
    return new Drafts.Extend(NOBODY, given, given.add(VIDEO));
  }

  private static Order.Restyle restyle() {
    Given given = new Given();
    return new Drafts.Restyle(NOBODY, given, given.add(VIDEO), "clay");
  }

  private static Order.Refine refine() {
    Given given = new Given();
    return new Drafts.Refine(NOBODY, given, given.add(VIDEO));
  }

  private static Order.Travel travel() {
    return new Drafts.Travel(NOBODY, "day");
  }

  private static Order.Roll roll() {
    return new Drafts.Roll(NOBODY, "day");
  }

  @Test
  void whatEveryOrderCanSay() {
    VideoOrder order =
        generate()
            .negative("dark")
            .seed(4)
            .steps(12)
            .frames(8)
            .size(64, 48)
            .fps(12.5)
            .guidance(2.5)
            .sampler(Sampler.DPM_2M_KARRAS)
            .lora(Path.of("one.safetensors"))
            .lora(Path.of("two.safetensors"), 0.5)
            .reference(Media.of(Path.of("cat.png")))
            .reference(Media.of(Path.of("hat.png")))
            .value();
    assertThat(order.wish().prompts()).containsExactly("a red ball");
    assertThat(order.wish().negative()).contains("dark");
    assertThat(order.wish().seed()).contains(4L);
    assertThat(order.wish().steps()).contains(12);
    assertThat(order.wish().frames()).contains(8);
    assertThat(order.wish().size()).contains(new Size(64, 48));
    assertThat(order.wish().fps()).contains(12.5);
    assertThat(order.wish().guidance()).contains(2.5);
    assertThat(order.wish().sampler()).contains("dpm++2m-karras");
    assertThat(order.model().loras())
        .containsExactly(
            new ModelRef.Lora(Path.of("one.safetensors"), 1),
            new ModelRef.Lora(Path.of("two.safetensors"), 0.5));
    assertThat(order.model().references())
        .extracting(SourceRef::path)
        .containsExactly("cat.png", "hat.png");
    assertThat(VideoOrder.parse("json", order.toJson())).isEqualTo(order);
  }

  @Test
  void whatTasksOfPicturesCanSay() {
    AnimateSpec animate = (AnimateSpec) animate().fit(Fit.PAD).noise(0.25).value().task();
    assertThat(animate.fit()).isEqualTo(Fit.PAD);
    assertThat(animate.noise()).isEqualTo(0.25);
    assertThat(animate().prompt("it falls").value().wish().prompt()).isEqualTo("it falls");
    InterpolateSpec interpolate = (InterpolateSpec) interpolate().fit(Fit.STRETCH).value().task();
    assertThat(interpolate.first().path()).isEqualTo("a.png");
    assertThat(interpolate.last().path()).isEqualTo("a.mp4");
    LoopSpec loop = (LoopSpec) loop().noise(0).value().task();
    assertThat(loop.noise()).isZero();
  }

  @Test
  void whatTasksOfVideosCanSay() {
    ExtendSpec extend = (ExtendSpec) extend().from(1.5).clips(8, 2).fit(Fit.PAD).value().task();
    assertThat(extend.start()).isEqualTo(1.5);
    assertThat(extend.join().clip()).contains(8);
    assertThat(extend.join().overlap()).isEqualTo(2);
    RestyleSpec restyle = (RestyleSpec) restyle().strength(0.3).from(1).value().task();
    assertThat(restyle.strength()).isEqualTo(0.3);
    assertThat(restyle.start()).isEqualTo(1);
    RefineSpec refine =
        (RefineSpec)
            refine().scale(3).strength(0.2).refiner("other").from(2).clips(6, 1).value().task();
    assertThat(refine.scale()).contains(3.0);
    assertThat(refine.strength()).contains(0.2);
    assertThat(refine.refiner()).contains("other");
    assertThat(refine.start()).isEqualTo(2);
    assertThat(refine.join().clip()).contains(6);
  }

  @Test
  void whatTasksOfSeveralPromptsCanSay() {
    VideoOrder travel = travel().then(12, "night").blend(4).clips(8, 2).value();
    assertThat(travel.wish().prompts()).containsExactly("day", "night");
    assertThat(((TravelSpec) travel.task()).cues().starts()).containsExactly(0L, 12L);
    assertThat(((TravelSpec) travel.task()).cues().blend()).isEqualTo(4);
    VideoOrder roll = roll().then(30, "night").clip(12, 3).value();
    assertThat(((RollSpec) roll.task()).context()).isEqualTo(3);
    assertThat(((RollSpec) roll.task()).clip()).contains(12);
    assertThat(roll.wish().prompts()).containsExactly("day", "night");
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("the prompt is empty", () -> new Drafts.Generate(NOBODY, " ")),
        mistake("seed must be 0 to", () -> generate().seed(-1)),
        mistake("steps must be 1 to", () -> generate().steps(0)),
        mistake("frames must be 1 to 1000000, is 0", () -> generate().frames(0)),
        mistake("width must be even", () -> generate().size(63, 64)),
        mistake("height must be 16 to", () -> generate().size(64, 8)),
        mistake("fps must be", () -> generate().fps(Double.NaN)),
        mistake("guidance must be", () -> generate().guidance(101)),
        mistake("scale must be", () -> generate().lora(Path.of("a"), 1000)),
        mistake("leave it out of 'loop'", () -> loop().reference(Media.of(Path.of("a.png")))),
        mistake("say by a mask", () -> restyle().reference(Media.of(Path.of("a.png")))),
        mistake("noise must be", () -> animate().noise(1)),
        mistake("animate needs at least 2 frames", () -> animate().frames(1)),
        mistake("interpolate needs at least 3 frames", () -> interpolate().frames(2)),
        mistake("start must be", () -> extend().from(-1)),
        mistake("clips of 4 frames overlap by 1 to 3", () -> extend().clips(4, 4)),
        mistake("strength must be", () -> restyle().strength(0)),
        mistake("scale must be", () -> refine().scale(9)),
        mistake("scale and size both", () -> refine().scale(2).size(64, 64)),
        mistake("frames 8 ends before", () -> travel().then(8, "night").frames(8)),
        mistake("leaves no window", () -> roll().clip(4, 3)));
  }

  private static Arguments mistake(String message, ThrowingCallable call) {
    return Arguments.of(message, call);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void aValueThatCannotBeIsRefusedWhereItIsSaid(String message, ThrowingCallable call) {
    assertThatExceptionOfType(UserError.class)
        .isThrownBy(call)
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.fault()).isEqualTo(Fault.ORDER))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("--", "\n"));
  }

  @Test
  void whatIsRefusedLeavesTheOrderAsItWas() {
    Order.Generate order = generate().frames(8);
    assertThatExceptionOfType(UserError.class).isThrownBy(() -> order.frames(-1));
    assertThat(order.value().wish().frames()).contains(8);
  }

  @Test
  void cuesThatGoBackAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> travel().then(8, "night").then(4, "dawn"))
        .withMessageContaining("frame 4 comes after frame 8");
  }

  @Test
  void samplersAreThoseOfTheLibrary() {
    assertThat(Arrays.stream(Sampler.values()).map(Sampler::id)).isEqualTo(Samplers.NAMES);
  }

  /** But for folders, which are no bytes. */
  @Test
  void formatsAreThoseOfTheLibrary() {
    assertThat(Arrays.stream(Format.values()).map(Format::output))
        .containsExactlyElementsOf(
            Arrays.stream(OutputFormat.values()).filter(f -> !f.ending().isEmpty()).toList());
  }

  @Test
  void devicesAndNumberFormsAreThoseOfTheLibrary() {
    for (Device device : List.of(Device.auto(), Device.cpu(), Device.cuda(0), Device.cuda(12))) {
      for (Precision precision : Precision.values()) {
        ModelRef ref = ModelRef.of("tiny").withDevice(device.name()).withDtype(precision.id());
        assertThat(ref.device()).isEqualTo(device.name());
      }
    }
    assertThatIllegalArgumentException().isThrownBy(() -> new Device("gpu"));
    assertThatIllegalArgumentException().isThrownBy(() -> Device.cuda(-1));
  }
}
