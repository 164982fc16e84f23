package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.NativeLibrary;
import io.zoetrope.torch.Natives;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/** What every use of FFmpeg shares: a silent log, error texts, frames and options. */
final class Ffmpeg {
  private static final Pattern DECIMAL = Pattern.compile("[0-9][.,][0-9]");

  /** Why it cannot be used. */
  private static final Optional<UserError> FAULT;

  static final int AGAIN;
  static final int EOF;

  static {
    Natives.prepare();
    FAULT = NativeLibrary.fault("FFmpeg", avutil.class);
    if (FAULT.isEmpty()) {
      // FFmpeg would write to stderr from native threads; errors reach the user as exceptions.
      avutil.av_log_set_level(avutil.AV_LOG_QUIET);
      EOF = avutil.AVERROR_EOF();
      // Lives in the library just loaded.
      AGAIN = org.bytedeco.ffmpeg.presets.avutil.AVERROR_EAGAIN();
    } else {
      EOF = 0;
      AGAIN = 0;
    }
  }

  private Ffmpeg() {}

  /**
   * Before anything else of FFmpeg is used.
   *
   * @throws UserError if the libraries of this machine are not on the class path, or do not load
   */
  static void load() {
    FAULT.ifPresent(fault -> {
      // Anew each time: one that is thrown by several threads would show the stack of one.
      throw new UserError(fault.fault(), fault.reason(), fault.mend(), fault);
    });
  }

  /** FFmpeg's own words for an error code. */
  static String text(int code) {
    byte[] buffer = new byte[avutil.AV_ERROR_MAX_STRING_SIZE];
    avutil.av_strerror(code, buffer, buffer.length);
    int end = 0;
    while (end < buffer.length && buffer[end] != 0) {
      end++;
    }
    return new String(buffer, 0, end, StandardCharsets.UTF_8);
  }

  /** Passes a result through, or throws what a failure of ours should throw. */
  static int check(int code, String doing) {
    if (code < 0) {
      throw new IllegalStateException("FFmpeg could not " + doing + ": " + text(code));
    }
    return code;
  }

  /** As {@link #check}, for calls that write to a file: there the cause is the user's disk. */
  static int checkWrite(int code, Path target) {
    if (code < 0) {
      throw new UserError(Fault.NO_ACCESS, "cannot write '" + target + "': " + text(code));
    }
    return code;
  }

  static <T> T checkAlloc(@Nullable T pointer) {
    if (pointer == null) {
      throw new OutOfMemoryError("FFmpeg could not allocate memory");
    }
    return pointer;
  }

  /**
   * An encoder by its exact name. FFmpeg's own fallbacks would silently pick another codec.
   *
   * @throws UserError if this build of FFmpeg lacks it
   */
  static AVCodec encoder(String name) {
    AVCodec codec = avcodec.avcodec_find_encoder_by_name(name);
    if (codec == null) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "this build of FFmpeg has no encoder '" + name + "'",
          "write .gif or a folder of .png");
    }
    return codec;
  }

  /** A frame with buffers of its own; freed by {@code av_frame_free}. */
  static AVFrame frame(int pixelFormat, int width, int height) {
    AVFrame frame = checkAlloc(avutil.av_frame_alloc());
    frame.format(pixelFormat).width(width).height(height);
    int code = avutil.av_frame_get_buffer(frame, 0);
    if (code < 0) {
      avutil.av_frame_free(frame);
      check(code, "allocate a frame of " + width + "x" + height);
    }
    return frame;
  }

  /**
   * Text that FFmpeg reads, if it reads it the same in every locale: in a German one, 0.5 is 0, and
   * other digits are none anywhere.
   */
  static String whole(String text) {
    if (DECIMAL.matcher(text).find() || text.chars().anyMatch(c -> c > 126)) {
      throw new IllegalArgumentException("FFmpeg reads this by the locale: " + text);
    }
    return text;
  }

  /** Options for an open call; freed by {@code av_dict_free}. */
  static AVDictionary options(Map<String, String> options) {
    AVDictionary dictionary = new AVDictionary(null);
    options.forEach((key, value) -> avutil.av_dict_set(dictionary, key, whole(value), 0));
    return dictionary;
  }

  /** Fails if an open call left options over: a misspelt one would otherwise pass in silence. */
  static void requireAllUsed(AVDictionary options, String where) {
    if (avutil.av_dict_count(options) > 0) {
      throw new IllegalStateException("FFmpeg knows not all options given to " + where);
    }
  }

  /**
   * Opens a file to be taken apart; closed by {@code avformat_close_input}.
   *
   * @throws UserError if it is none that FFmpeg can take apart
   */
  static AVFormatContext openInput(Path path) {
    load();
    AVFormatContext format = new AVFormatContext(null);
    Intake intake = Intake.current();
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put("protocol_whitelist", "file");
    wanted.put("format_whitelist", String.join(",", intake.formats()));
    wanted.put("pattern_type", "none");
    wanted.put("max_streams", String.valueOf(intake.streams()));
    if (!intake.codecs().isEmpty()) {
      wanted.put("codec_whitelist", String.join(",", intake.codecs()));
    }
    AVDictionary options = options(wanted);
    int code = avformat.avformat_open_input(format, url(path), null, options);
    avutil.av_dict_free(options);
    if (code < 0) {
      throw MediaFiles.unreadable(path);
    }
    return format;
  }

  /** Finds out what the streams of a file are, which decodes the first of them. */
  static boolean findStreams(AVFormatContext format) {
    int streams = format.nb_streams();
    try (PointerPointer<AVDictionary> options = new PointerPointer<>(Math.max(1, streams))) {
      Map<String, String> bound = Map.of("max_pixels", String.valueOf(Intake.current().pixels()));
      for (int i = 0; i < streams; i++) {
        options.put(i, options(bound));
      }
      int code = avformat.avformat_find_stream_info(format, options);
      for (int i = 0; i < streams; i++) {
        @Nullable AVDictionary left = options.get(AVDictionary.class, i);
        if (left != null) {
          avutil.av_dict_free(left);
        }
      }
      return code >= 0;
    }
  }

  /** Bounds what a decoder takes, before it is opened. */
  static void bound(AVCodecContext decoder) {
    Intake intake = Intake.current();
    decoder.max_pixels(intake.pixels());
    if (!intake.codecs().isEmpty()) {
      String list = String.join(",", intake.codecs());
      check(avutil.av_opt_set(decoder, "codec_whitelist", list, 0), "say which decoders are taken");
    }
  }

  /**
   * What a container says about the whole file.
   *
   * @throws EOFException if it breaks off before it says what it holds
   */
  static void tags(Path path, MetadataReader out) throws IOException {
    AVFormatContext format = openInput(path);
    try (PointerScope scope = new PointerScope()) {
      @Nullable AVDictionaryEntry entry = null;
      while ((entry = avutil.av_dict_iterate(format.metadata(), entry)) != null) {
        byte[] text = entry.value().getStringBytes();
        out.take(text.length);
        out.put(entry.key().getString(StandardCharsets.UTF_8), MetadataReader.text(text));
      }
      boolean header = (format.ctx_flags() & avformat.AVFMTCTX_NOHEADER) == 0;
      if (header
          && IntStream.range(0, format.nb_streams())
              .allMatch(i -> format.streams(i).codecpar().codec_id() == avcodec.AV_CODEC_ID_NONE)) {
        throw new EOFException();
      }
    } finally {
      avformat.avformat_close_input(format);
    }
  }

  /** Hands texts to a muxer; freed with it. */
  static void setTags(AVFormatContext muxer, VideoMetadata metadata) {
    AVDictionary tags = new AVDictionary(null);
    metadata
        .entries()
        .forEach((key, text) -> {
          try (BytePointer k = new BytePointer(key, StandardCharsets.UTF_8);
              BytePointer t = new BytePointer(text, StandardCharsets.UTF_8)) {
            check(avutil.av_dict_set(tags, k, t, 0), "take the text '" + key + "'");
          }
        });
    muxer.metadata(tags);
  }

  /** A path as FFmpeg takes it: never as the name of a protocol. */
  static String url(Path path) {
    return "file:" + path;
  }
}
