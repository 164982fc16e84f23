package io.zoetrope.media;

import java.util.Locale;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avfilter;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/** A chain of FFmpeg's filters with one way in and one way out, for pictures or for sound. */
final class FilterGraph implements AutoCloseable {
  private final AVFilterGraph graph;
  private final AVFilterContext in;
  private final AVFilterContext out;

  /**
   * Builds a chain of FFmpeg's notation. Numbers are whole, or fractions of such: FFmpeg reads
   * decimals by the locale of the process.
   *
   * @param source named {@code @in}, as in {@code buffer@in=width=64:...}
   * @param filters between the two
   * @param sink named {@code @out}, as in {@code buffersink@out}
   * @param doing what it is for, should it fail
   */
  FilterGraph(String source, String filters, String sink, String doing) {
    graph = Ffmpeg.checkAlloc(avfilter.avfilter_graph_alloc());
    graph.nb_threads(1);
    boolean built = false;
    AVFilterInOut inputs = new AVFilterInOut(null);
    AVFilterInOut outputs = new AVFilterInOut(null);
    try {
      String chain = Ffmpeg.whole(source + "," + filters + "," + sink);
      Ffmpeg.check(avfilter.avfilter_graph_parse2(graph, chain, inputs, outputs), doing);
      Ffmpeg.check(avfilter.avfilter_graph_config(graph, null), doing);
      in = Ffmpeg.checkAlloc(avfilter.avfilter_graph_get_filter(graph, name(source)));
      out = Ffmpeg.checkAlloc(avfilter.avfilter_graph_get_filter(graph, name(sink)));
      built = true;
    } finally {
      avfilter.avfilter_inout_free(inputs);
      avfilter.avfilter_inout_free(outputs);
      if (!built) {
        close();
      }
    }
  }

  private static String name(String filter) {
    return filter.replaceFirst("=.*", "");
  }

  /** A way in for pictures like this one. */
  static String source(AVFrame like, int colorspace, int range, int num, int den) {
    int sarNum = Math.max(like.sample_aspect_ratio().num(), 0);
    int sarDen = Math.max(like.sample_aspect_ratio().den(), 1);
    return String.format(
        Locale.ROOT,
        "buffer@in=video_size=%dx%d:pix_fmt=%d:time_base=%d/%d:pixel_aspect=%d/%d:colorspace=%d"
            + ":range=%d",
        like.width(),
        like.height(),
        like.format(),
        num,
        den,
        sarNum,
        sarDen,
        colorspace,
        range);
  }

  AVFilterContext out() {
    return out;
  }

  /**
   * Takes a reference to a frame, whose bytes must not change any more; null is the end.
   *
   * @return whether it takes more: what cuts an end off does not
   */
  boolean add(@Nullable AVFrame frame, String doing) {
    int flags = frame == null ? 0 : avfilter.AV_BUFFERSRC_FLAG_KEEP_REF;
    int code = avfilter.av_buffersrc_add_frame_flags(in, frame, flags);
    return code != Ffmpeg.EOF && Ffmpeg.check(code, doing) >= 0;
  }

  /** Hands over the frames that are done; each lives as long as the call. */
  void ready(Consumer<AVFrame> to, String doing) {
    AVFrame frame = Ffmpeg.checkAlloc(avutil.av_frame_alloc());
    try {
      while (true) {
        int code = avfilter.av_buffersink_get_frame(out, frame);
        if (code == Ffmpeg.EOF || code == Ffmpeg.AGAIN) {
          return;
        }
        Ffmpeg.check(code, doing);
        to.accept(frame);
        avutil.av_frame_unref(frame);
      }
    } finally {
      avutil.av_frame_free(frame);
    }
  }

  @Override
  public void close() {
    avfilter.avfilter_graph_free(graph);
  }
}
