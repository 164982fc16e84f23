package io.zoetrope.media;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * Takes the packets of a file's moving pictures, or of its sound, out of it, in the order in which
 * they lie there.
 */
final class Demuxer implements AutoCloseable {
  /** Brands of files with still pictures (ISO 23008-12). */
  private static final Set<String> PICTURES = Set.of("avif", "heic", "heix", "mif1");

  private final AVFormatContext format;
  private final AVPacket packet;
  private final String name;
  private int stream = -1;
  private int pictures = -1;
  private boolean broken;
  private boolean sought;

  private Demuxer(AVFormatContext format) {
    this.format = format;
    packet = Ffmpeg.checkAlloc(avcodec.av_packet_alloc());
    name = format.iformat().name().getString();
  }

  /**
   * Opens a file and finds its best stream of pictures.
   *
   * @throws UserError if there is none
   */
  static Demuxer open(Path path) {
    Demuxer demuxer = new Demuxer(Ffmpeg.openInput(path));
    boolean open = false;
    try {
      if (!Ffmpeg.findStreams(demuxer.format)) {
        throw MediaFiles.unreadable(path);
      }
      demuxer.stream = demuxer.pick(path);
      demuxer.refuseParts(path);
      open = true;
      return demuxer;
    } finally {
      if (!open) {
        demuxer.close();
      }
    }
  }

  /**
   * Opens a file for its sound.
   *
   * @throws UserError if it has none
   */
  static Demuxer openSound(Path path) {
    Demuxer demuxer = open(path);
    int sound = demuxer.best(avutil.AVMEDIA_TYPE_AUDIO);
    if (sound < 0) {
      demuxer.close();
      throw new UserError(Fault.INVALID, "'" + path + "' has no sound");
    }
    demuxer.pictures = demuxer.stream;
    demuxer.stream = sound;
    return demuxer;
  }

  /** Whether there is sound that can be decoded. */
  boolean hasSound() {
    int sound = best(avutil.AVMEDIA_TYPE_AUDIO);
    return sound >= 0
        && avcodec.avcodec_find_decoder(format.streams(sound).codecpar().codec_id()) != null
        && format.streams(sound).codecpar().sample_rate() > 0;
  }

  /** When the pictures beside the sound begin, in seconds of the file. */
  double picturesStart() {
    AVStream shown = format.streams(pictures);
    return shown.start_time() == avutil.AV_NOPTS_VALUE
        ? 0
        : shown.start_time() * avutil.av_q2d(shown.time_base());
  }

  /** The best stream of moving pictures; the cover picture of a song is not one. */
  private int pick(Path path) {
    int best = best(avutil.AVMEDIA_TYPE_VIDEO);
    boolean cover =
        best >= 0
            && (format.streams(best).disposition() & avformat.AV_DISPOSITION_ATTACHED_PIC) != 0;
    if (best < 0 || cover) {
      throw best(avutil.AVMEDIA_TYPE_AUDIO) >= 0
          ? new UserError(Fault.INVALID, "'" + path + "' has sound but no pictures", "name a video")
          : MediaFiles.unreadable(path);
    }
    AVCodecParameters par = format.streams(best).codecpar();
    Intake.current().requirePixels(path, par.width(), par.height());
    if (par.width() <= 0 || par.height() <= 0) {
      throw MediaFiles.unreadable(path);
    }
    return best;
  }

  /** FFmpeg hands out the tiles and the transparent layer of AVIF and HEIC, not the picture. */
  private void refuseParts(Path path) {
    AVDictionaryEntry brand = avutil.av_dict_get(format.metadata(), "major_brand", null, 0);
    boolean picture = brand != null && PICTURES.contains(brand.value().getString());
    if (picture && (format.nb_stream_groups() > 0 || format.nb_streams() > 1)) {
      throw new UserError(
          Fault.UNSUPPORTED,
          "'" + path + "' is a picture of several tiles or layers, which cannot be put together",
          "convert it to .png or .jpg");
    }
  }

  private int best(int kind) {
    return avformat.av_find_best_stream(format, kind, -1, -1, (AVCodec) null, 0);
  }

  AVFormatContext format() {
    return format;
  }

  AVStream stream() {
    return format.streams(stream);
  }

  /** What FFmpeg calls the container. */
  String name() {
    return name;
  }

  /** The next packet of the stream, until the call after this; empty at the end of the file. */
  Optional<AVPacket> next() {
    while (true) {
      avcodec.av_packet_unref(packet);
      int code = avformat.av_read_frame(format, packet);
      if (code < 0) {
        broken |= code != Ffmpeg.EOF || format.pb().error() < 0;
        return Optional.empty();
      }
      if (packet.stream_index() == stream) {
        broken |= (packet.flags() & avcodec.AV_PKT_FLAG_CORRUPT) != 0;
        return Optional.of(packet);
      }
    }
  }

  /** Whether a packet, or the end of the file, could not be read whole. */
  boolean broken() {
    return broken;
  }

  /** Whether the last of the file has been read, if not yet handed out. */
  boolean atEnd() {
    return avformat.avio_feof(format.pb()) != 0;
  }

  /** Goes to the last key frame at or before a time; false where the format cannot. */
  boolean seek(long stamp) {
    int flags = avformat.AVSEEK_FLAG_BACKWARD;
    boolean done = avformat.av_seek_frame(format, stream, stamp, flags) >= 0;
    sought |= done;
    return done;
  }

  /** Whether packets were left out by {@link #seek}. */
  boolean sought() {
    return sought;
  }

  @Override
  public void close() {
    avcodec.av_packet_free(packet);
    avformat.avformat_close_input(format);
  }
}
