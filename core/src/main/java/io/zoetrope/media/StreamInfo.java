package io.zoetrope.media;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/** What an opened file says about its pictures. */
final class StreamInfo {
  private StreamInfo() {}

  static VideoInfo of(Demuxer demuxer, Stored stored) {
    AVStream stream = demuxer.stream();
    boolean picture = demuxer.name().endsWith("_pipe") || demuxer.name().equals("image2");
    boolean lies = stored.turn().swapsSides();
    return new VideoInfo(
        lies ? stored.height() : stored.shownWidth(),
        lies ? stored.shownWidth() : stored.height(),
        picture ? 1 : fps(demuxer.format(), stream),
        picture ? OptionalDouble.empty() : seconds(demuxer.format(), stream),
        picture ? OptionalLong.of(1) : Completeness.stated(demuxer),
        !picture && demuxer.hasSound(),
        codec(stream.codecpar()),
        stored.quirks());
  }

  static String codec(AVCodecParameters par) {
    return avcodec.avcodec_get_name(par.codec_id()).getString();
  }

  private static double fps(AVFormatContext format, AVStream stream) {
    AVRational own = stream.codecpar().framerate();
    // Without a container there are no times; what FFmpeg states then is a guess of its own.
    if (stream.start_time() == avutil.AV_NOPTS_VALUE && positive(own)) {
      return avutil.av_q2d(own);
    }
    if (positive(stream.avg_frame_rate())) {
      return avutil.av_q2d(stream.avg_frame_rate());
    }
    AVRational guess = avformat.av_guess_frame_rate(format, stream, null);
    return positive(guess) ? avutil.av_q2d(guess) : 1;
  }

  private static boolean positive(AVRational rate) {
    return rate.num() > 0 && rate.den() > 0;
  }

  private static OptionalDouble seconds(AVFormatContext format, AVStream stream) {
    if (stream.duration() != avutil.AV_NOPTS_VALUE && stream.duration() > 0) {
      return OptionalDouble.of(stream.duration() * avutil.av_q2d(stream.time_base()));
    }
    return format.duration() != avutil.AV_NOPTS_VALUE && format.duration() > 0
        ? OptionalDouble.of(format.duration() / (double) avutil.AV_TIME_BASE)
        : OptionalDouble.empty();
  }
}
