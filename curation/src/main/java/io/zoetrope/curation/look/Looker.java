package io.zoetrope.curation.look;

import io.zoetrope.curation.cut.Cut;
import io.zoetrope.curation.table.ProbeRow;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Opens files and looks at their frames. For one thread. */
public interface Looker extends AutoCloseable {
  /** What a video is, and where its shots change. Never fails for the file's sake. */
  Scan scan(Path file);

  /** Measures clips of a video, in one reading. */
  Measured measure(Ask ask);

  /**
   * Writes a clip as a file of its own: the only time that something is encoded.
   *
   * @param target its ending says how
   * @return why it could not be written; empty if it was
   */
  String write(Path file, ProbeRow probe, int from, int to, Path target);

  @Override
  void close();

  /**
   * What was seen in a video.
   *
   * @param probe without a key
   * @param cuts empty if it cannot be read
   */
  record Scan(ProbeRow probe, List<Cut> cuts) {
    public Scan {
      cuts = List.copyOf(cuts);
    }
  }

  /**
   * What is to be measured.
   *
   * @param file the video
   * @param probe what it is
   * @param spans its clips, in order, none within another
   */
  record Ask(Path file, ProbeRow probe, List<Span> spans) {
    public Ask {
      spans = List.copyOf(spans);
    }
  }

  /**
   * A clip.
   *
   * @param from first frame
   * @param to the frame behind the last
   * @param caption may be empty
   * @param measures which are to be taken, by name
   */
  record Span(int from, int to, String caption, List<String> measures) {
    public Span {
      measures = List.copyOf(measures);
    }
  }

  /**
   * What was measured.
   *
   * @param reason why nothing was; empty if it was
   * @param values one for each measure of each span, in their order
   * @param decoding seconds
   */
  record Measured(String reason, List<Value> values, double decoding) {
    public Measured {
      values = List.copyOf(values);
    }
  }

  /**
   * One measure of one span.
   *
   * @param took seconds
   */
  record Value(Optional<Double> value, String text, String reason, double took) {}
}
