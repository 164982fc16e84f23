package io.zoetrope.media;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/**
 * Makes plain pictures of decoded frames, one of each, in their order: without the teeth that two
 * fields of different moments have (bwdif), and with the range of light of an ordinary screen (tone
 * mapping). Frames that need neither pass as they are.
 */
final class FrameFilter implements AutoCloseable {
  private static final String DOING = "filter a frame";

  private final int codec;
  private final int fieldOrder;
  private final int transfer;
  private final int tickNum;
  private final int tickDen;
  private final Deque<AVFrame> ready = new ArrayDeque<>();
  private final Set<String> done = new LinkedHashSet<>();
  private boolean fields;
  private @Nullable FilterGraph graph;
  private @Nullable Key key;

  /** What a graph is built for. */
  private record Key(int width, int height, int format, boolean fields, Light light) {}

  FrameFilter(AVStream stream) {
    AVCodecParameters par = stream.codecpar();
    codec = par.codec_id();
    fieldOrder = par.field_order();
    transfer = par.color_trc();
    tickNum = stream.time_base().num();
    tickDen = stream.time_base().den();
  }

  /** What was done to frames so far, each in a few words. */
  Set<String> done() {
    return done;
  }

  /** Takes a frame over. */
  void add(AVFrame frame) {
    stateFields(frame);
    fields |= (frame.flags() & AVFrame.AV_FRAME_FLAG_INTERLACED) != 0;
    Light light = Light.of(frame, transfer);
    Key wanted = new Key(frame.width(), frame.height(), frame.format(), fields, light);
    if (!wanted.equals(key)) {
      end();
      key = wanted;
      graph = fields || light.isHigh() ? open(frame, wanted) : null;
    }
    if (graph == null) {
      keep(frame);
    } else {
      graph.add(frame, DOING);
      avutil.av_frame_unref(frame);
      graph.ready(this::keep, DOING);
    }
  }

  /** Fills a frame with the next one, if there is one by now. */
  boolean next(AVFrame into) {
    AVFrame first = ready.poll();
    if (first == null) {
      return false;
    }
    avutil.av_frame_unref(into);
    avutil.av_frame_move_ref(into, first);
    avutil.av_frame_free(first);
    return true;
  }

  /** There are no more: what waits for the next one goes without. */
  void end() {
    if (graph != null) {
      graph.add(null, DOING);
      graph.ready(this::keep, DOING);
      graph.close();
    }
    graph = null;
    key = null;
  }

  /** Forgets what came before: the next frame does not follow it. */
  void reset() {
    close();
  }

  private void keep(AVFrame frame) {
    AVFrame own = Ffmpeg.checkAlloc(avutil.av_frame_alloc());
    avutil.av_frame_move_ref(own, frame);
    ready.add(own);
  }

  /**
   * Codecs that know nothing of fields leave it to the container to say so. The others mark their
   * frames one by one.
   */
  private void stateFields(AVFrame frame) {
    if (fieldOrder > avcodec.AV_FIELD_PROGRESSIVE && !marks(codec)) {
      boolean topFirst = fieldOrder == avcodec.AV_FIELD_TT || fieldOrder == avcodec.AV_FIELD_BT;
      int top = topFirst ? AVFrame.AV_FRAME_FLAG_TOP_FIELD_FIRST : 0;
      frame.flags(frame.flags() | AVFrame.AV_FRAME_FLAG_INTERLACED | top);
    }
  }

  private static boolean marks(int codec) {
    return codec == avcodec.AV_CODEC_ID_H264
        || codec == avcodec.AV_CODEC_ID_HEVC
        || codec == avcodec.AV_CODEC_ID_MPEG2VIDEO
        || codec == avcodec.AV_CODEC_ID_MPEG4
        || codec == avcodec.AV_CODEC_ID_VC1
        || codec == avcodec.AV_CODEC_ID_DVVIDEO
        || codec == avcodec.AV_CODEC_ID_PRORES;
  }

  private FilterGraph open(AVFrame frame, Key wanted) {
    StringBuilder filters = new StringBuilder();
    if (wanted.fields()) {
      filters.append("bwdif=mode=send_frame:deint=interlaced");
      done.add("deinterlaced");
    }
    if (wanted.light().isHigh()) {
      filters.append(filters.isEmpty() ? "" : ",").append(wanted.light().chain());
      done.add(wanted.light().words());
    }
    String source =
        FilterGraph.source(frame, colourspace(frame, wanted), range(frame), tickNum, tickDen);
    return new FilterGraph(source, filters.toString(), "buffersink@out", DOING);
  }

  private static int range(AVFrame frame) {
    return frame.color_range() == avutil.AVCOL_RANGE_UNSPECIFIED
        ? avutil.AVCOL_RANGE_MPEG
        : frame.color_range();
  }

  private static int colourspace(AVFrame frame, Key wanted) {
    return wanted.light().isHigh() && frame.colorspace() == avutil.AVCOL_SPC_UNSPECIFIED
        ? avutil.AVCOL_SPC_BT2020_NCL
        : frame.colorspace();
  }

  @Override
  public void close() {
    if (graph != null) {
      graph.close();
    }
    graph = null;
    key = null;
    ready.forEach(avutil::av_frame_free);
    ready.clear();
  }

  /**
   * How light is coded. Of high ranges, what white paper shows (203 nits) becomes white, and what
   * is brighter is bent into the little room above (ITU-R BT.2408; Mobius curve).
   *
   * @param transfer one of {@code AVCOL_TRC_*}
   */
  record Light(int transfer) {
    private static final int PAPER = 203;

    /** The brightest that is kept, in nits. */
    private static final int PEAK = 1000;

    static Light of(AVFrame frame, int stated) {
      int transfer = high(frame.color_trc()) ? frame.color_trc() : stated;
      return new Light(high(transfer) ? transfer : avutil.AVCOL_TRC_BT709);
    }

    private static boolean high(int transfer) {
      return transfer == avutil.AVCOL_TRC_SMPTE2084 || transfer == avutil.AVCOL_TRC_ARIB_STD_B67;
    }

    boolean isHigh() {
      return high(transfer);
    }

    String words() {
      return transfer == avutil.AVCOL_TRC_SMPTE2084
          ? "HDR (PQ) tone-mapped"
          : "HDR (HLG) tone-mapped";
    }

    String chain() {
      String from = transfer == avutil.AVCOL_TRC_SMPTE2084 ? "smpte2084" : "arib-std-b67";
      return String.format(
          Locale.ROOT,
          "zscale=tin=%s:pin=bt2020:t=linear:npl=%d:agamma=0,format=gbrpf32le,zscale=p=bt709"
              + ",tonemap=tonemap=mobius:param=6/10:desat=0:peak=%d/%d,zscale=t=bt709,format=gbrp",
          from,
          PAPER,
          PEAK,
          PAPER);
    }
  }
}
