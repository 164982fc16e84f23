package io.zoetrope.app.cli.option;

import io.zoetrope.pipeline.model.Size;
import io.zoetrope.pipeline.model.VideoRequest;
import io.zoetrope.pipeline.order.MicroConditions;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Windowing;
import io.zoetrope.pipeline.schedule.Samplers;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What the words after an option may be. Limits are there to catch slips of the finger before hours
 * of work, not to say what is wise.
 */
public final class Values {
  private Values() {}

  /** A value that an option cannot take; the message names cause and mend. */
  static final class Bad extends TypeConversionException {
    private static final long serialVersionUID = 1L;

    Bad(String message, Object... details) {
      super(String.format(Locale.ROOT, message, details));
    }
  }

  /** A whole number between two limits. */
  abstract static class Whole implements ITypeConverter<Integer> {
    private final int min;
    private final int max;

    Whole(int min, int max) {
      this.min = min;
      this.max = max;
    }

    @Override
    public Integer convert(String text) {
      long value;
      try {
        value = Long.parseLong(text.strip());
      } catch (NumberFormatException e) {
        throw new Bad("'%s' is not a whole number from %d to %d", text, min, max);
      }
      if (value < min || value > max) {
        throw new Bad("'%s' is out of range: give a whole number from %d to %d", text, min, max);
      }
      return (int) value;
    }
  }

  /** A finite number between two limits. */
  abstract static class Real implements ITypeConverter<Double> {
    private final double min;
    private final double max;

    Real(double min, double max) {
      this.min = min;
      this.max = max;
    }

    @Override
    public Double convert(String text) {
      double value;
      try {
        value = Double.parseDouble(text.strip());
      } catch (NumberFormatException e) {
        throw new Bad("'%s' is not a number from %s to %s", text, plain(min), plain(max));
      }
      // Also catches NaN, of which no comparison is true.
      if (!(value >= min && value <= max)) {
        throw new Bad(
            "'%s' is out of range: give a number from %s to %s", text, plain(min), plain(max));
      }
      return value;
    }

    private static String plain(double value) {
      return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }
  }

  /** Blocks of a text encoder that are left out. */
  public static final class ClipSkip extends Whole {
    public ClipSkip() {
      super(0, 11);
    }
  }

  /** How timesteps are spaced. */
  public static final class Spacing implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      String name = text.strip().toLowerCase(Locale.ROOT);
      if (!ModelRef.SPACINGS.contains(name)) {
        throw new Bad("'%s' is no spacing: use %s", text, String.join(", ", ModelRef.SPACINGS));
      }
      return name;
    }
  }

  /** How far norms of motion modules reach. */
  public static final class MotionNorm implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      String reach = text.strip().toLowerCase(Locale.ROOT);
      if (!ModelRef.MOTION_NORMS.contains(reach)) {
        throw new Bad(
            "'%s' is no reach of norms: use %s", text, String.join(", ", ModelRef.MOTION_NORMS));
      }
      return reach;
    }
  }

  /** How often FreeInit makes a clip. */
  public static final class Times extends Whole {
    public Times() {
      super(1, 20);
    }
  }

  /** How many frames a clip has. */
  public static final class Frames extends Whole {
    public Frames() {
      super(1, VideoRequest.MOST_FRAMES);
    }
  }

  /** How many frames a video of several clips has. */
  public static final class Length extends Whole {
    public Length() {
      super(1, 1_000_000);
    }
  }

  /** How many frames overlap, of two clips or two prompts. */
  public static final class Overlap extends Whole {
    public Overlap() {
      super(0, VideoRequest.MOST_FRAMES - 1);
    }
  }

  /** How many things at once. */
  public static final class Jobs extends Whole {
    public Jobs() {
      super(1, 32);
    }
  }

  /** How many times as large. */
  public static final class Scale extends Real {
    public Scale() {
      super(1, 8);
    }
  }

  /** A place in a video. */
  public static final class Seconds extends Real {
    public Seconds() {
      super(0, 1_000_000);
    }
  }

  /** How many sampler steps. */
  public static final class Steps extends Whole {
    public Steps() {
      super(1, VideoRequest.MOST_STEPS);
    }
  }

  /** Processes that train together. */
  public static final class Workers extends Whole {
    public Workers() {
      super(1, 64);
    }
  }

  /** Steps of a training. */
  public static final class TrainingSteps extends Whole {
    TrainingSteps() {
      super(1, 100_000);
    }
  }

  /** Of learning. */
  public static final class Rate extends Real {
    Rate() {
      super(1e-8, 1);
    }
  }

  /** How many of something. */
  public static final class Count extends Whole {
    public Count() {
      super(1, 1_000_000);
    }
  }

  /** How many at once. */
  public static final class Batch extends Whole {
    public Batch() {
      super(1, 256);
    }
  }

  /** How large a file is. */
  public static final class Megabytes extends Whole {
    public Megabytes() {
      super(1, 1_000_000);
    }
  }

  /** Frames per second. */
  public static final class Fps extends Real {
    public Fps() {
      super(0.1, 240);
    }
  }

  /** How much a clip moves. */
  public static final class MotionBucket extends Whole {
    public MotionBucket() {
      super(0, MicroConditions.MOST_MOTION);
    }
  }

  /** Noise of a picture. */
  public static final class Augmentation extends Real {
    public Augmentation() {
      super(0, 10);
    }
  }

  /** Classifier-free guidance; 1 is none. */
  public static final class Guidance extends Real {
    public Guidance() {
      super(0, 100);
    }
  }

  /** Frames that two windows share. */
  public static final class Within extends Whole {
    public Within() {
      super(0, VideoRequest.MOST_FRAMES - 1);
    }
  }

  /** Levels of windows that leave frames out. */
  public static final class Strides extends Whole {
    public Strides() {
      super(1, Windowing.MOST_STRIDES);
    }
  }

  /** How windows are averaged. */
  public static final class FuseKind implements ITypeConverter<String> {
    /** What there is. */
    public static final class Names implements Iterable<String> {
      @Override
      public Iterator<String> iterator() {
        return Windowing.FUSES.iterator();
      }
    }

    @Override
    public String convert(String text) {
      String name = text.strip().toLowerCase(Locale.ROOT);
      if (!Windowing.FUSES.contains(name)) {
        throw new Bad("'%s' is none: use %s", text, String.join(", ", Windowing.FUSES));
      }
      return name;
    }
  }

  /** Numbers with commas between them. */
  abstract static class Numbers implements ITypeConverter<List<Double>> {
    private final Real one;

    Numbers(Real one) {
      this.one = one;
    }

    @Override
    public List<Double> convert(String text) {
      return Arrays.stream(text.split(",", -1)).map(one::convert).toList();
    }
  }

  /** Where on the way of sampling. */
  public static final class Fractions extends Numbers {
    public Fractions() {
      super(new Real(0, 1) {});
    }

    @Override
    public List<Double> convert(String text) {
      List<Double> all = super.convert(text);
      for (int i = 0; i < all.size(); i++) {
        if (all.get(i) >= 1 || (i > 0 && all.get(i) <= all.get(i - 1))) {
          throw new Bad("'%s': give fractions that rise from 0 to below 1", text);
        }
      }
      return all;
    }
  }

  /** How much something counts, frame by frame. */
  public static final class Scales extends Numbers {
    public Scales() {
      super(new Real(-10, 10) {});
    }
  }

  /** How much frames have to do with each other; 1 is as the model has it. */
  public static final class TemporalScale extends Real {
    public TemporalScale() {
      super(0, 10);
    }
  }

  /** How far off what is reused may be. */
  public static final class CacheThreshold extends Real {
    public CacheThreshold() {
      super(0, 3);
    }
  }

  /** Blocks of a network by their numbers. */
  public static final class Blocks implements ITypeConverter<List<Integer>> {
    private final Whole one = new Whole(0, 999) {};

    @Override
    public List<Integer> convert(String text) {
      return Arrays.stream(text.split(",", -1)).map(one::convert).toList();
    }
  }

  /** A part of all steps. */
  public static final class Share extends Real {
    public Share() {
      super(0, 1);
    }
  }

  /** How far guidance leads away from a network without some of its blocks. */
  public static final class SkipScale extends Real {
    public SkipScale() {
      super(0.01, 100);
    }
  }

  /** How often structure is blurred. */
  public static final class Blurs extends Whole {
    public Blurs() {
      super(0, 12);
    }
  }

  /** How much noise a given clip gets. */
  public static final class Strength extends Real {
    public Strength() {
      super(0.01, 1);
    }
  }

  /** From nothing to all. */
  public static final class Part extends Real {
    public Part() {
      super(0, 1);
    }
  }

  /** A little noise. */
  public static final class Level extends Real {
    public Level() {
      super(0, 0.99);
    }
  }

  /** The seed of all randomness. */
  public static final class Seed implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      try {
        long value = Long.parseLong(text.strip());
        if (value >= 0) {
          return value;
        }
      } catch (NumberFormatException e) {
        // Falls through to the one message.
      }
      throw new Bad("'%s' is no seed: give a whole number from 0 to %d", text, Long.MAX_VALUE);
    }
  }

  /** Several of them, in order. */
  public record SeedList(List<Long> values) {
    public SeedList {
      values = List.copyOf(values);
    }
  }

  /** Seeds: {@code 7}, {@code 1,5,9}, {@code 1..8}, or both. */
  public static final class Seeds implements ITypeConverter<SeedList> {
    @Override
    public SeedList convert(String text) {
      Seed one = new Seed();
      Set<Long> all = new LinkedHashSet<>();
      for (String part : text.split(",", -1)) {
        int dots = part.indexOf("..");
        long first = one.convert(dots < 0 ? part : part.substring(0, dots));
        long last = dots < 0 ? first : one.convert(part.substring(dots + 2));
        if (last < first || last - first >= Videos.MOST) {
          throw new Bad("'%s' is no range of at most %d seeds, as in 1..8", part, Videos.MOST);
        }
        for (long seed = first; seed <= last && seed >= 0; seed++) {
          if (!all.add(seed)) {
            throw new Bad("'%s' has seed %d twice", text, seed);
          }
        }
      }
      return new SeedList(List.copyOf(all));
    }
  }

  /** Videos of one command. */
  public static final class Videos extends Whole {
    static final int MOST = 10_000;

    public Videos() {
      super(1, MOST);
    }
  }

  /** Where to compute. */
  public static final class Device implements ITypeConverter<String> {
    private static final Pattern FORM = Pattern.compile("auto|cpu|cuda(:\\d{1,2})?");

    @Override
    public String convert(String text) {
      String name = text.strip().toLowerCase(Locale.ROOT);
      if (!FORM.matcher(name).matches()) {
        throw new Bad("'%s' is no device: use auto, cpu, cuda or cuda:N", text);
      }
      return name;
    }
  }

  /** In which number format. */
  public static final class Dtype implements ITypeConverter<String> {
    private static final Pattern FORM = Pattern.compile("auto|f32|bf16");

    @Override
    public String convert(String text) {
      String name = text.strip().toLowerCase(Locale.ROOT);
      if (!FORM.matcher(name).matches()) {
        throw new Bad("'%s' is no dtype: use auto, f32 or bf16", text);
      }
      return name;
    }
  }

  /** How to sample. */
  public static final class SamplerName implements ITypeConverter<String> {
    /** All of them, for help. */
    static final class Names implements Iterable<String> {
      @Override
      public Iterator<String> iterator() {
        return Samplers.NAMES.iterator();
      }
    }

    @Override
    public String convert(String text) {
      String name = text.strip().toLowerCase(Locale.ROOT);
      if (!Samplers.NAMES.contains(name)) {
        throw new Bad("'%s' is no sampler: use %s", text, String.join(", ", Samplers.NAMES));
      }
      return name;
    }
  }

  /** Pixels across and down, as in {@code 256x144}. */
  public static final class Shape implements ITypeConverter<Size> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})[xX×](\\d{1,9})");

    @Override
    public Size convert(String text) {
      Matcher form = FORM.matcher(text.strip());
      if (!form.matches()) {
        throw new Bad("'%s' is no size: give WIDTHxHEIGHT in pixels, as in 128x128", text);
      }
      int width = Integer.parseInt(form.group(1));
      int height = Integer.parseInt(form.group(2));
      if (Math.min(width, height) < Size.MIN || Math.max(width, height) > Size.MAX) {
        throw new Bad("'%s' is out of range: each side is from %d to %d", text, Size.MIN, Size.MAX);
      }
      if (width % 2 != 0 || height % 2 != 0) {
        throw new Bad(
            "'%s' has an odd side, which video files cannot hold: try %dx%d",
            text, width + width % 2, height + height % 2);
      }
      return new Size(width, height);
    }
  }

  /** Of a fixed point: {@link io.zoetrope.pipeline.Inversion#MOST_PASSES}. */
  public static final class Passes extends Whole {
    public Passes() {
      super(0, 20);
    }
  }
}
