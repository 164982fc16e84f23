package io.zoetrope.server.videos;

import io.javalin.http.Context;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.server.http.HttpError;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.ByteRange;
import org.eclipse.jetty.http.EtagUtils;

/** The files of finished jobs: the video, a picture of it, a sheet of its frames. */
final class Content {
  private static final Map<String, String> TYPES =
      Map.of(
          "mp4", "video/mp4",
          "webm", "video/webm",
          "gif", "image/gif",
          "webp", "image/webp",
          "png", "image/png",
          "jpg", "image/jpeg");

  private static final int BUFFER = 64 << 10;

  private final Jobs jobs;

  Content(Jobs jobs) {
    this.jobs = jobs;
  }

  /** Answers with one of them, or a part of it. */
  void send(Context ctx, Job job, String variant) {
    Job.Result result =
        job.result()
            .filter(r -> job.state().shown())
            .orElseThrow(() ->
                new JobsException(
                    JobsException.Kind.NOT_READY,
                    "there is no video yet: it is " + VideoJson.status(job.state())));
    Path video = jobs.store().job(job.id()).resolve(result.file());
    switch (variant) {
      case "video" -> send(ctx, video, quoted(result.sha256()));
      case "thumbnail" ->
          send(ctx, beside(video, "thumbnail.webp"), quoted(result.sha256() + "-t"));
      case "spritesheet" -> send(ctx, beside(video, "sheet.jpg"), quoted(result.sha256() + "-s"));
      default ->
          throw HttpError.invalid("variant", "variant must be video, thumbnail or spritesheet");
    }
  }

  private static Path beside(Path video, String name) {
    return video.resolveSibling(name);
  }

  private static String quoted(String tag) {
    return '"' + tag + '"';
  }

  private static void send(Context ctx, Path file, String etag) {
    try (InputStream in = Files.newInputStream(file)) {
      send(ctx, file, in, Files.size(file), etag);
    } catch (NoSuchFileException e) {
      throw HttpError.notFound("video_not_ready", "this variant was not made");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(Context ctx, Path file, InputStream in, long length, String etag)
      throws IOException {
    String name = String.valueOf(file.getFileName());
    String ending = name.substring(name.lastIndexOf('.') + 1);
    ctx.disableCompression();
    ctx.header("ETag", etag);
    ctx.header("Accept-Ranges", "bytes");
    ctx.header("Cache-Control", "private, max-age=31536000, immutable");
    ctx.header("Content-Disposition", "inline; filename=\"" + name + "\"");
    String has = ctx.header("If-None-Match");
    if (has != null && (has.equals("*") || EtagUtils.matches(etag, has))) {
      ctx.status(304);
      return;
    }
    // A servlet adds a charset to a type that is set while it has one.
    ctx.res().setCharacterEncoding((String) null);
    ctx.res().setContentType(TYPES.getOrDefault(ending, "application/octet-stream"));
    long first = 0;
    long last = length - 1;
    String range = ctx.header("Range");
    String unless = ctx.header("If-Range");
    if (range != null && (unless == null || unless.equals(etag))) {
      List<ByteRange> ranges = ByteRange.parse(List.of(range), length);
      if (ranges.isEmpty()) {
        if (range.startsWith("bytes=")) {
          ctx.header("Content-Range", ByteRange.toNonSatisfiableHeaderValue(length));
          throw HttpError.of(416, "invalid_range", "the file has %s bytes".formatted(length));
        }
      } else if (ranges.size() == 1) {
        first = ranges.getFirst().first();
        last = ranges.getFirst().last();
        ctx.header("Content-Range", ranges.getFirst().toHeaderValue(length));
        ctx.status(206);
      }
    }
    ctx.res().setContentLengthLong(last - first + 1);
    if (!ctx.req().getMethod().equals("HEAD")) {
      in.skipNBytes(first);
      copy(in, ctx.outputStream(), last - first + 1);
    }
  }

  private static void copy(InputStream in, OutputStream out, long bytes) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long left = bytes;
    while (left > 0) {
      int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (read < 0) {
        throw new IOException("the file ends too early");
      }
      out.write(buffer, 0, read);
      left -= read;
    }
  }
}
