package io.zoetrope.studio;

import io.zoetrope.diffusion.Course;
import io.zoetrope.diffusion.PromptCues;
import io.zoetrope.media.Fit;
import io.zoetrope.pipeline.cascade.Bridge;
import io.zoetrope.pipeline.order.AnimateSpec;
import io.zoetrope.pipeline.order.ExtendSpec;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.InterpolateSpec;
import io.zoetrope.pipeline.order.Join;
import io.zoetrope.pipeline.order.LoopSpec;
import io.zoetrope.pipeline.order.RefineSpec;
import io.zoetrope.pipeline.order.RestyleSpec;
import io.zoetrope.pipeline.order.RollSpec;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.TravelSpec;
import io.zoetrope.pipeline.order.Wish;
import io.zoetrope.pipeline.task.Travel.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The order of each task: what its own calls say in its record. */
final class Drafts {
  /** Frames of the past that a window that rolls sees, unless something else is said. */
  private static final int CONTEXT = 4;

  private Drafts() {}

  private static Join usual() {
    return new Join(Optional.empty(), 4);
  }

  private static Join join(int frames, int overlap) {
    return new Join(Optional.of(frames), overlap);
  }

  static final class Generate extends Draft<Order.Generate, GenerateSpec>
      implements Order.Generate {
    Generate(Maker maker, String prompt) {
      super(maker, new Given(), GenerateSpec.usual(), prompt);
    }

    @Override
    Order.Generate self() {
      return this;
    }
  }

  static final class Animate extends Draft<Order.Animate, AnimateSpec> implements Order.Animate {
    Animate(Maker maker, Given given, SourceRef image) {
      super(maker, given, new AnimateSpec(image, Fit.CROP, 0, Course.WAIT, Optional.empty()));
    }

    @Override
    Order.Animate self() {
      return this;
    }

    @Override
    public Order.Animate prompt(String prompt) {
      return wish(wish -> wish.withPrompts(List.of(prompt)));
    }

    @Override
    public Order.Animate fit(Fit fit) {
      return task(of(fit, task().noise(), task().course()));
    }

    @Override
    public Order.Animate noise(double noise) {
      return task(of(task().fit(), noise, task().course()));
    }

    @Override
    public Order.Animate course(Course course) {
      return task(of(task().fit(), task().noise(), course));
    }

    private AnimateSpec of(Fit fit, double noise, Course course) {
      return new AnimateSpec(task().image(), fit, noise, course, task().plan());
    }
  }

  static final class Interpolate extends Draft<Order.Interpolate, InterpolateSpec>
      implements Order.Interpolate {
    Interpolate(Maker maker, Given given, SourceRef first, SourceRef last) {
      super(maker, given, new InterpolateSpec(first, last, Fit.CROP));
    }

    @Override
    Order.Interpolate self() {
      return this;
    }

    @Override
    public Order.Interpolate prompt(String prompt) {
      return wish(wish -> wish.withPrompts(List.of(prompt)));
    }

    @Override
    public Order.Interpolate fit(Fit fit) {
      return task(new InterpolateSpec(task().first(), task().last(), fit));
    }
  }

  static final class Loop extends Draft<Order.Loop, LoopSpec> implements Order.Loop {
    Loop(Maker maker, Given given, SourceRef image) {
      super(maker, given, new LoopSpec(image, Fit.CROP, LoopSpec.USUAL_NOISE, Course.WAIT));
    }

    @Override
    Order.Loop self() {
      return this;
    }

    @Override
    public Order.Loop prompt(String prompt) {
      return wish(wish -> wish.withPrompts(List.of(prompt)));
    }

    @Override
    public Order.Loop fit(Fit fit) {
      return task(new LoopSpec(task().image(), fit, task().noise(), task().course()));
    }

    @Override
    public Order.Loop noise(double noise) {
      return task(new LoopSpec(task().image(), task().fit(), noise, task().course()));
    }

    @Override
    public Order.Loop course(Course course) {
      return task(new LoopSpec(task().image(), task().fit(), task().noise(), course));
    }
  }

  static final class Extend extends Draft<Order.Extend, ExtendSpec> implements Order.Extend {
    Extend(Maker maker, Given given, SourceRef video) {
      super(maker, given, new ExtendSpec(video, Fit.CROP, 0, usual()));
    }

    @Override
    Order.Extend self() {
      return this;
    }

    @Override
    public Order.Extend prompt(String prompt) {
      return wish(wish -> wish.withPrompts(List.of(prompt)));
    }

    @Override
    public Order.Extend fit(Fit fit) {
      return task(new ExtendSpec(task().video(), fit, task().start(), task().join()));
    }

    @Override
    public Order.Extend from(double seconds) {
      return task(new ExtendSpec(task().video(), task().fit(), seconds, task().join()));
    }

    @Override
    public Order.Extend clips(int frames, int overlap) {
      Join join = join(frames, overlap);
      return task(new ExtendSpec(task().video(), task().fit(), task().start(), join));
    }
  }

  static final class Restyle extends Draft<Order.Restyle, RestyleSpec> implements Order.Restyle {
    Restyle(Maker maker, Given given, SourceRef video, String prompt) {
      super(
          maker,
          given,
          new RestyleSpec(video, Fit.CROP, 0, 0.6, usual(), Optional.empty()),
          prompt);
    }

    @Override
    Order.Restyle self() {
      return this;
    }

    private Order.Restyle with(Fit fit, double start, double strength, Join join) {
      return task(
          new RestyleSpec(
              task().video(),
              fit,
              start,
              strength,
              join,
              task().plan(),
              task().invert(),
              task().mask(),
              task().blur(),
              task().across()));
    }

    @Override
    public Order.Restyle fit(Fit fit) {
      return with(fit, task().start(), task().strength(), task().join());
    }

    @Override
    public Order.Restyle from(double seconds) {
      return with(task().fit(), seconds, task().strength(), task().join());
    }

    @Override
    public Order.Restyle strength(double strength) {
      return with(task().fit(), task().start(), strength, task().join());
    }

    @Override
    public Order.Restyle mask(Media mask) {
      RestyleSpec t = task();
      return task(
          new RestyleSpec(
              t.video(),
              t.fit(),
              t.start(),
              t.strength(),
              t.join(),
              t.plan(),
              t.invert(),
              Optional.of(source(mask)),
              t.blur(),
              t.across()));
    }

    @Override
    public Order.Restyle clips(int frames, int overlap) {
      return with(task().fit(), task().start(), task().strength(), join(frames, overlap));
    }
  }

  static final class Refine extends Draft<Order.Refine, RefineSpec> implements Order.Refine {
    Refine(Maker maker, Given given, SourceRef video) {
      super(
          maker,
          given,
          new RefineSpec(
              Optional.of(video),
              Fit.CROP,
              0,
              Optional.empty(),
              Optional.empty(),
              Bridge.Where.PIXELS,
              Optional.empty(),
              usual()));
    }

    @Override
    Order.Refine self() {
      return this;
    }

    private Order.Refine with(
        Fit fit,
        double start,
        Optional<Double> scale,
        Optional<Double> strength,
        Optional<String> refiner,
        Join join) {
      return task(
          new RefineSpec(
              task().video(), fit, start, scale, strength, task().upscale(), refiner, join));
    }

    @Override
    public Order.Refine prompt(String prompt) {
      return wish(wish -> wish.withPrompts(List.of(prompt)));
    }

    @Override
    public Order.Refine fit(Fit fit) {
      RefineSpec is = task();
      return with(fit, is.start(), is.scale(), is.strength(), is.refiner(), is.join());
    }

    @Override
    public Order.Refine from(double seconds) {
      RefineSpec is = task();
      return with(is.fit(), seconds, is.scale(), is.strength(), is.refiner(), is.join());
    }

    @Override
    public Order.Refine scale(double times) {
      RefineSpec is = task();
      Optional<Double> scale = Optional.of(times);
      return with(is.fit(), is.start(), scale, is.strength(), is.refiner(), is.join());
    }

    @Override
    public Order.Refine strength(double strength) {
      RefineSpec is = task();
      Optional<Double> again = Optional.of(strength);
      return with(is.fit(), is.start(), is.scale(), again, is.refiner(), is.join());
    }

    @Override
    public Order.Refine refiner(String model) {
      RefineSpec is = task();
      Optional<String> refiner = Optional.of(model);
      return with(is.fit(), is.start(), is.scale(), is.strength(), refiner, is.join());
    }

    @Override
    public Order.Refine clips(int frames, int overlap) {
      RefineSpec is = task();
      Join join = join(frames, overlap);
      return with(is.fit(), is.start(), is.scale(), is.strength(), is.refiner(), join);
    }
  }

  /** One more prompt. */
  private static PromptCues cues(PromptCues before, int frame) {
    List<Long> starts = new ArrayList<>(before.starts());
    starts.add((long) frame);
    return new PromptCues(starts, before.blend());
  }

  private static Wish also(Wish wish, String prompt) {
    List<String> prompts = new ArrayList<>(wish.prompts());
    prompts.add(prompt);
    return wish.withPrompts(prompts);
  }

  static final class Travel extends Draft<Order.Travel, TravelSpec> implements Order.Travel {
    Travel(Maker maker, String prompt) {
      super(
          maker,
          new Given(),
          new TravelSpec(PromptCues.single(), Turn.BETWEEN_CLIPS, usual(), Optional.empty()),
          prompt);
    }

    @Override
    Order.Travel self() {
      return this;
    }

    private TravelSpec with(PromptCues cues, Join join) {
      return new TravelSpec(cues, task().turn(), join, task().plan());
    }

    @Override
    public Order.Travel then(int frame, String prompt) {
      return task(with(cues(task().cues(), frame), task().join()), also(wish(), prompt));
    }

    @Override
    public Order.Travel blend(int frames) {
      return task(with(new PromptCues(task().cues().starts(), frames), task().join()));
    }

    @Override
    public Order.Travel clips(int frames, int overlap) {
      return task(with(task().cues(), join(frames, overlap)));
    }
  }

  static final class Roll extends Draft<Order.Roll, RollSpec> implements Order.Roll {
    Roll(Maker maker, String prompt) {
      super(
          maker, new Given(), new RollSpec(PromptCues.single(), Optional.empty(), CONTEXT), prompt);
    }

    @Override
    Order.Roll self() {
      return this;
    }

    @Override
    public Order.Roll then(int frame, String prompt) {
      PromptCues more = cues(task().cues(), frame);
      return task(new RollSpec(more, task().clip(), task().context()), also(wish(), prompt));
    }

    @Override
    public Order.Roll blend(int frames) {
      PromptCues soft = new PromptCues(task().cues().starts(), frames);
      return task(new RollSpec(soft, task().clip(), task().context()));
    }

    @Override
    public Order.Roll clip(int frames, int context) {
      return task(new RollSpec(task().cues(), Optional.of(frames), context));
    }
  }
}
