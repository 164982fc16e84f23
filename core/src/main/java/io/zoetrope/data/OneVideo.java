package io.zoetrope.data;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.NaturalOrder;
import io.zoetrope.media.Source;
import io.zoetrope.media.Video;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.FileDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A single clip of one video, fitted as the sources of a task are.
 *
 * @param path a video, or a folder of pictures
 * @param wish which part of it, in which size; its {@code most} are the frames that there must be
 */
public record OneVideo(Path path, String caption, Source.Wish wish) implements ClipDataset {
  /**
   * Looks at the video.
   *
   * @throws UserError if it cannot be read, or nothing is said of it
   */
  public OneVideo {
    if (caption.isBlank()) {
      throw new UserError(Fault.INVALID, "caption is empty: say what the video shows");
    }
    Object info = Source.check(path);
  }

  @Override
  public long size() {
    return 1;
  }

  @Override
  public Clip get(long index) {
    return new Clip(whole(Source.video(path, wish).video()), caption);
  }

  @Override
  public Video opacity(long index) {
    return whole(Source.opacity(path, wish));
  }

  private Video whole(Video video) {
    if (video.frames().size() < wish.most()) {
      throw new UserError(
          Fault.MISMATCH,
          "'%s' has %s frames at %s per second from there, %s are needed"
              .formatted(path, video.frames().size(), video.fps(), wish.most()));
    }
    return video;
  }

  @Override
  public String caption(long index) {
    return caption;
  }

  /** Of the content of its files, and of what is taken of them. */
  @Override
  public String print(long index) {
    return content() + "@" + wish;
  }

  private String content() {
    if (!Files.isDirectory(path)) {
      return FileDigest.of(path);
    }
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(Files::isRegularFile)
          .sorted(NaturalOrder.FILES)
          .map(FileDigest::of)
          .collect(Collectors.joining("+"));
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", path, e);
    }
  }
}
