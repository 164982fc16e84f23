package io.zoetrope.jobs.worker;

import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.ReadOptions;
import io.zoetrope.media.Video;
import io.zoetrope.media.VideoInfo;
import io.zoetrope.media.VideoMetadata;
import io.zoetrope.media.VideoReader;
import io.zoetrope.media.VideoWriter;
import io.zoetrope.media.WriteOptions;
import io.zoetrope.pipeline.order.SourceFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Looks into strangers' files. Says of them, and of what is wrong with them, fixed words only. */
final class MediaLook {
  private static final String INVALID = "invalid_media";
  private static final String LARGE = "too_large";
  private static final int THUMBNAIL = 320;

  private final MediaLimits limits;

  MediaLook(MediaLimits limits) {
    this.limits = limits;
  }

  /** What a file begins with, and what it then is. */
  private enum Kind {
    PNG,
    JPEG,
    WEBP,
    GIF,
    MP4,
    WEBM,
    PLAN,
    OTHER;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Kind of(Path file) throws IOException {
      byte[] head;
      try (InputStream in = Files.newInputStream(file)) {
        head = in.readNBytes(64);
      }
      String text = new String(head, StandardCharsets.ISO_8859_1);
      if (text.startsWith("\u0089PNG\r\n")) {
        return PNG;
      }
      if (text.startsWith("\u00ff\u00d8\u00ff")) {
        return JPEG;
      }
      if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) {
        return GIF;
      }
      if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) {
        return WEBP;
      }
      if (text.startsWith("\u001aE\u00df\u00a3")) {
        return WEBM;
      }
      if (text.startsWith("ftyp", 4)) {
        return MP4;
      }
      return text.stripLeading().startsWith("{") ? PLAN : OTHER;
    }
  }

  /** Never fails for the file's sake. */
  MediaTalk.Answer answer(MediaTalk.Asked asked) {
    try {
      if (Files.size(asked.file()) > limits.bytes()) {
        return large("the file has more than %s bytes".formatted(limits.bytes()));
      }
      Kind kind = Kind.of(asked.file());
      if (kind == Kind.OTHER) {
        return refused("the file is none of PNG, JPEG, WebP, GIF, MP4, WebM and plans");
      }
      return switch (asked.what()) {
        case LOOK -> kind == Kind.PLAN ? plan(asked.file()) : look(asked.file(), kind);
        case RECALL -> recall(asked.file(), kind);
        case THUMBNAIL -> thumbnail(asked.file());
      };
    } catch (UserError e) {
      return of(e);
    } catch (IOException | RuntimeException e) {
      System.err.println(e);
      return refused("the file is damaged, or cannot be read here");
    }
  }

  /** Fixed words: those of errors hold paths, and what libraries say. */
  private MediaTalk.Answer of(UserError e) {
    return switch (e.fault()) {
      case TOO_LARGE -> large("the file holds more than is taken");
      case UNSUPPORTED -> refused("the file is whole, and of a sort that cannot be read here");
      case DAMAGED -> refused("the file is damaged or cut off");
      default -> refused("the file cannot be used");
    };
  }

  private static MediaTalk.Answer refused(String message) {
    return MediaTalk.Answer.refused(INVALID, message);
  }

  private static MediaTalk.Answer large(String message) {
    return MediaTalk.Answer.refused(LARGE, message);
  }

  private static MediaTalk.Answer plan(Path file) {
    var plan = SourceFiles.plan(file);
    return MediaTalk.Answer.seen(Kind.PLAN.text(), 0, 0, plan.frames(), 0);
  }

  /** By its first frame, which is decoded: what says that it is a picture may be none. */
  private MediaTalk.Answer look(Path file, Kind kind) {
    try (VideoReader reader = VideoReader.open(file, ReadOptions.ALL.maxFrames(1))) {
      VideoInfo info = reader.info();
      if (Math.max(info.width(), info.height()) > limits.side()
          || (long) info.width() * info.height() > limits.pixels()) {
        return large(
            "%sx%s pixels, and at most %s a side and %s in all are taken"
                .formatted(info.width(), info.height(), limits.side(), limits.pixels()));
      }
      double stated = info.seconds().orElse(0) * info.fps();
      long frames = info.frames().orElse(Math.round(stated));
      if (frames > limits.frames()) {
        return large("%s frames, and at most %s are taken".formatted(frames, limits.frames()));
      }
      Frame first = reader.next().orElseThrow();
      boolean still = info.still();
      return MediaTalk.Answer.seen(
          kind.text(),
          first.width(),
          first.height(),
          still ? 0 : Math.max(0, frames),
          still ? 0 : info.fps());
    }
  }

  private static MediaTalk.Answer recall(Path file, Kind kind) {
    return MediaTalk.Answer.read(kind == Kind.PLAN ? Map.of() : VideoMetadata.read(file).entries());
  }

  private static MediaTalk.Answer thumbnail(Path file) throws IOException {
    Frame first;
    try (VideoReader reader = VideoReader.open(file, ReadOptions.ALL.maxFrames(1))) {
      first = reader.next().orElseThrow();
    }
    Path made = Files.createTempFile("thumbnail", ".webp");
    try {
      Video small = new Video(List.of(Looks.within(first, THUMBNAIL)), 1);
      VideoWriter.write(made, small, WriteOptions.at(1));
      return MediaTalk.Answer.pictured(
          Base64.getEncoder().encodeToString(Files.readAllBytes(made)));
    } finally {
      Files.deleteIfExists(made);
    }
  }
}
