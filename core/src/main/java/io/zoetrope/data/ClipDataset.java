package io.zoetrope.data;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Video;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Captioned clips by index. Implementations are thread-safe, and the same index gives the same
 * clip.
 */
public interface ClipDataset {
  /** How many clips there are; {@link Long#MAX_VALUE} for a world without end. */
  long size();

  /**
   * @param index from 0 to {@code size() - 1}
   */
  Clip get(long index);

  /** What is known of a clip that its pixels only show. */
  enum Truth {
    /** White where there is anything before the background. */
    MASK,
    /** The nearer, the lighter; the background is black. */
    DEPTH
  }

  /**
   * What is known of a clip, frame by frame.
   *
   * @throws UserError if the world of this set knows nothing of its clips
   */
  default Video truth(long index, Truth what) {
    throw new UserError(
        Fault.UNSUPPORTED,
        "only clips of the toy world come with their %s"
            .formatted(what.name().toLowerCase(Locale.ROOT)),
        "name a folder of pictures for them");
  }

  /**
   * What a folder has beside a clip: the file of the same name, whatever its ending, cut as the
   * clip is.
   *
   * @throws UserError if there is none, or it is of another size or length
   */
  default Video beside(long index, Path folder) {
    throw new UserError(
        Fault.UNSUPPORTED, "only clips of a folder have others beside them", "say kind: folder");
  }

  /**
   * How opaque a clip is, frame by frame: white where wholly, as the alpha channel of its file
   * says, cut as the clip is; white everywhere where there is none.
   *
   * @throws UserError if clips of this set have no files with such channels
   */
  default Video opacity(long index) {
    throw new UserError(
        Fault.UNSUPPORTED, "only clips of files have alpha channels", "say kind: folder");
  }

  /** The caption of a clip, which is not decoded for it. */
  String caption(long index);

  /**
   * What tells the picture of a clip from others of this set: as long as a print stays, so does
   * what is to be seen, whatever else is added, removed or renamed. It is not decoded for that.
   *
   * @throws io.zoetrope.error.UserError if its file cannot be read
   */
  String print(long index);

  /**
   * Where a clip comes from. Of a set that does not know, its number.
   *
   * @throws io.zoetrope.error.UserError if its file cannot be read
   */
  default Origin origin(long index) {
    return new Origin("clip " + index, print(index), 0, get(index).video().frames().size(), "");
  }
}
