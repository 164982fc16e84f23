package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * Everything that FFmpeg is told for one output file: the table of formats.
 *
 * @param tagged whether the file states the matrix and range of its planes, and BT.709 primaries
 * @param palette whether frames go through a palette first (256 colours): one for all of them, or
 *     one for each
 * @param gop frames from one key frame to the next
 * @param qp constant quantiser, where the encoder takes it so
 * @param sound what is heard, and the encoder for it
 * @param texts how the file takes what it carries beside frames
 */
record EncoderPlan(
    String muxer,
    String encoder,
    PixelConverter.Colour colour,
    boolean tagged,
    Optional<Palette.Scope> palette,
    double fps,
    int gop,
    int threads,
    OptionalInt qp,
    Map<String, String> encoderOptions,
    Map<String, String> muxerOptions,
    Optional<SoundPlan> sound,
    TextCarrier texts) {

  /** Sound, and FFmpeg's name of what encodes it. */
  record SoundPlan(String encoder, Sound sound) {}

  /**
   * Fails if the format cannot hold this size, rate or option, before anything is on disk.
   *
   * @throws UserError naming the mend
   */
  static void check(OutputFormat format, Path target, int width, int height, WriteOptions options) {
    if (options.chroma() == WriteOptions.Chroma.FULL && format != OutputFormat.WEBM) {
      throw new UserError(
          Fault.INVALID,
          "full colour resolution is written to .webm only, not to '" + target + "'");
    }
    if (options.durability() == WriteOptions.Durability.GROWING && !format.grows()) {
      throw new UserError(
          Fault.INVALID,
          "what grows in place must be .mp4, .webm, .gif or a folder, not '" + target + "'");
    }
    int most =
        switch (format) {
          case MP4 -> 3840;
          case WEBM, WEBP -> 16383;
          case GIF, PNG, PNG_FOLDER, JPEG, JPEG_FOLDER -> 65535;
        };
    if (width > most || height > most || (long) width * height > 1L << 28) {
      throw new UserError(
          Fault.TOO_LARGE,
          "%sx%s pixels are too many for %s: at most %s a side"
              .formatted(width, height, format.ending(), most));
    }
    // 4:2:0 planes have half a sample at an odd edge, and H.264 crops in steps of two (7.4.2.1.1).
    if (format == OutputFormat.MP4 && (width % 2 != 0 || height % 2 != 0)) {
      throw new UserError(
          Fault.INVALID,
          "an .mp4 needs even sides, not %sx%s".formatted(width, height),
          "use %sx%s, or write .webm, .gif or .png"
              .formatted(width + width % 2, height + height % 2));
    }
    if (format == OutputFormat.MP4 && (width < 16 || height < 16)) {
      throw new UserError(
          Fault.INVALID,
          "an .mp4 needs at least 16x16 pixels, not %sx%s".formatted(width, height),
          "write .webm, .gif or .png");
    }
    if (format == OutputFormat.GIF && options.fps() > 50) {
      throw new UserError(
          Fault.INVALID,
          "a .gif plays at most 50 frames per second, not %s".formatted(options.fps()),
          "lower the rate or write .mp4");
    }
  }

  /** The plan for a file that passed {@link #check}. */
  static EncoderPlan of(
      OutputFormat format, Path target, int width, int height, WriteOptions options) {
    boolean growing = options.durability() == WriteOptions.Durability.GROWING;
    return switch (format) {
      case MP4 -> mp4(width, height, options, growing);
      case WEBM -> webm(width, height, options, growing);
      case GIF -> gif(options, growing);
      case WEBP -> webp(options);
      case PNG, PNG_FOLDER, JPEG, JPEG_FOLDER ->
          throw new IllegalArgumentException("not a muxed format: " + target);
    };
  }

  private static EncoderPlan mp4(int width, int height, WriteOptions options, boolean growing) {
    // QP 10 at quality 100, 14 at 90, 50 at 1.
    int qp = (int) Math.round(10 + (100 - options.quality()) * 0.4);
    // Without their flag the muxer drops tags whose names are not those of iTunes.
    String tags = options.metadata().isEmpty() ? "" : "+use_metadata_tags";
    Map<String, String> movflags =
        growing
            // Fragments while it grows; the trailer makes an ordinary, seekable file of them.
            ? Map.of(
                "movflags",
                "+frag_keyframe+empty_moov+default_base_moof+hybrid_fragmented" + tags,
                "flush_packets",
                "1")
            : Map.of("movflags", "+faststart" + tags);
    return new EncoderPlan(
        "mp4",
        "libopenh264",
        yuv(avutil.AV_PIX_FMT_YUV420P),
        true,
        Optional.empty(),
        options.fps(),
        keyframes(options.fps(), growing),
        threads(width, height),
        OptionalInt.of(qp),
        Map.of("profile", "high", "rc_mode", "quality", "allow_skip_frames", "0"),
        movflags,
        options.sound().map(sound -> new SoundPlan("aac", sound)),
        new TextCarrier.Tags(options.metadata()));
  }

  private static EncoderPlan webm(int width, int height, WriteOptions options, boolean growing) {
    boolean full = options.chroma() == WriteOptions.Chroma.FULL;
    Map<String, String> encoder = new LinkedHashMap<>();
    encoder.put("crf", Integer.toString(5 + Math.round((100 - options.quality()) * 0.55f)));
    encoder.put("deadline", "good");
    encoder.put("cpu-used", "3");
    encoder.put("row-mt", "1");
    if (growing) {
      encoder.put("lag-in-frames", "0");
    }
    Map<String, String> muxer =
        growing
            ? Map.of("cluster_time_limit", "500", "flush_packets", "1")
            : Map.of("cues_to_front", "1");
    return new EncoderPlan(
        "webm",
        "libvpx-vp9",
        yuv(full ? avutil.AV_PIX_FMT_YUV444P : avutil.AV_PIX_FMT_YUV420P),
        true,
        Optional.empty(),
        options.fps(),
        keyframes(options.fps(), growing),
        threads(width, height),
        OptionalInt.empty(),
        encoder,
        muxer,
        options.sound().map(sound -> new SoundPlan("libopus", sound)),
        new TextCarrier.Tags(options.metadata()));
  }

  private static EncoderPlan gif(WriteOptions options, boolean growing) {
    return new EncoderPlan(
        "gif",
        "gif",
        PixelConverter.Colour.rgb(avutil.AV_PIX_FMT_PAL8),
        false,
        Optional.of(growing ? Palette.Scope.EACH_FRAME : Palette.Scope.WHOLE_CLIP),
        options.fps(),
        12,
        1,
        OptionalInt.empty(),
        Map.of(),
        growing ? Map.of("loop", "0", "flush_packets", "1") : Map.of("loop", "0"),
        Optional.empty(),
        new TextCarrier.Comments(options.metadata()));
  }

  private static EncoderPlan webp(WriteOptions options) {
    // RGB in: libwebp makes its own planes, by the matrix that WebP decoders expect (BT.601).
    return new EncoderPlan(
        "webp",
        "libwebp_anim",
        PixelConverter.Colour.rgb(avutil.AV_PIX_FMT_BGRA),
        false,
        Optional.empty(),
        options.fps(),
        keyframes(options.fps(), false),
        1,
        OptionalInt.empty(),
        Map.of("quality", Integer.toString(options.quality()), "lossless", "0"),
        Map.of("loop", "0"),
        Optional.empty(),
        new TextCarrier.Xmp(options.metadata()));
  }

  private static PixelConverter.Colour yuv(int pixelFormat) {
    return new PixelConverter.Colour(pixelFormat, avutil.AVCOL_SPC_BT709, false);
  }

  /** Two seconds between key frames; half a second in a file that must play while it grows. */
  private static int keyframes(double fps, boolean growing) {
    return (int) Math.clamp(Math.round(fps * (growing ? 0.5 : 2)), 1, 250);
  }

  /** Small pictures do not repay the cost of threads. */
  private static int threads(int width, int height) {
    boolean small = (long) width * height <= 512 * 512;
    return small ? 1 : Math.min(4, Runtime.getRuntime().availableProcessors());
  }
}
