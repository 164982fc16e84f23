package io.zoetrope.media;

import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVIndexEntry;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * Whether a file gave all of its packets. What a container claims is a hint: an edit list hides
 * samples from view, an AVI counts pauses as frames, and headers outlive the end of their file.
 */
final class Completeness {
  /** Where the packets of a stream are listed, if anywhere. */
  private enum Index {
    /** For the whole file when it is opened, or fragment by fragment as they are read. */
    MOV,
    /** For the whole file when it is opened, if it has reached its end. */
    AVI,
    NONE
  }

  private final AVStream stream;
  private final Index index;
  private final long listed;
  private final boolean structureBreaksOff;
  private final boolean lengthDecides;
  private final OptionalDouble seconds;
  private final double tick;
  private final double fps;
  private long packets;
  private double firstPacket = Double.NaN;
  private double lastPacket = Double.NaN;

  Completeness(Path path, Demuxer demuxer, VideoInfo info) {
    stream = demuxer.stream();
    fps = info.fps();
    seconds = info.seconds();
    index = index(demuxer);
    listed = avformat.avformat_index_get_entries_count(stream);
    structureBreaksOff = MediaFiles.endsEarly(path, demuxer.name());
    lengthDecides = demuxer.name().startsWith("matroska");
    tick = avutil.av_q2d(stream.time_base());
  }

  private static Index index(Demuxer demuxer) {
    String name = demuxer.name();
    return name.startsWith("mov,") ? Index.MOV : name.equals("avi") ? Index.AVI : Index.NONE;
  }

  /** Frames that will be shown, as far as the file says: those before a cut are not. */
  static OptionalLong stated(Demuxer demuxer) {
    AVStream stream = demuxer.stream();
    long claimed = stream.nb_frames();
    int entries = avformat.avformat_index_get_entries_count(stream);
    if (claimed <= 0) {
      return OptionalLong.empty();
    }
    if (index(demuxer) != Index.MOV || entries == 0) {
      return OptionalLong.of(claimed);
    }
    long shown = 0;
    for (int i = 0; i < entries; i++) {
      AVIndexEntry entry = avformat.avformat_index_get_entry(stream, i);
      shown += (entry.flags() & AVIndexEntry.AVINDEX_DISCARD_FRAME) == 0 ? 1 : 0;
    }
    return OptionalLong.of(shown);
  }

  /**
   * Whether the last bytes of a file may be no picture (a GIF that ends in a comment), so that
   * {@link #missing} says whether they had to be one.
   */
  static boolean mayTrail(Demuxer demuxer) {
    return demuxer.name().equals("gif") && demuxer.atEnd();
  }

  /** Told of every packet of the stream, from the beginning of the file. */
  void read(AVPacket packet) {
    packets++;
    if (packet.dts() != avutil.AV_NOPTS_VALUE) {
      firstPacket = Double.isNaN(firstPacket) ? packet.dts() * tick : firstPacket;
      lastPacket = (packet.dts() + packet.duration()) * tick;
    }
  }

  /**
   * Whether something is missing, after the last packet.
   *
   * @param end until when frames were shown, in seconds from the first
   */
  boolean missing(double end) {
    if (structureBreaksOff) {
      return !(lengthDecides && end >= seconds.orElse(Double.MAX_VALUE) - 0.5 / fps);
    }
    return switch (index) {
      case MOV -> packets < avformat.avformat_index_get_entries_count(stream);
      case AVI -> listed > 0 ? packets < listed : fallsShort();
      case NONE -> fallsShort();
    };
  }

  /** Neither as many packets as stated, nor up to the time at which so many would end. */
  private boolean fallsShort() {
    long stated = stream.nb_frames();
    double frames = (lastPacket - firstPacket) * fps;
    return packets < stated && !(frames > stated - 0.5);
  }
}
