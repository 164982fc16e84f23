package io.zoetrope.server.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.content.InputStreamContentSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A form of several parts. What is long lies on disk until it is closed, also parts without a file
 * name, as clients send them that upload bytes or a stream.
 */
public final class Form implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Form.class);

  /** Parts up to this size stay in memory. */
  private static final int IN_MEMORY = 16 << 10;

  private static final int PART_HEADERS = 4 << 10;

  private final MultiPartFormData.Parts parts;

  private Form(MultiPartFormData.Parts parts) {
    this.parts = parts;
  }

  /** A part. Its file name is known to nobody: no name of a stranger's is used for anything. */
  public static final class Part {
    private final MultiPart.Part part;
    private final String name;

    private Part(MultiPart.Part part, String name) {
      this.part = part;
      this.name = name;
    }

    public String name() {
      return name;
    }

    /** How many bytes. */
    public long length() {
      return part.getLength();
    }

    /** Its bytes; may be asked for once. */
    public InputStream open() {
      return Content.Source.asInputStream(part.getContentSource());
    }

    /**
     * As text.
     *
     * @param most bytes of it
     * @throws HttpError if there are more, or they are not UTF-8
     */
    public String text(long most) {
      if (length() > most) {
        throw HttpError.invalid(
            name, "'%s' has %s bytes, and %s are taken".formatted(name, length(), most));
      }
      try (InputStream in = open()) {
        return StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(in.readAllBytes()))
            .toString();
      } catch (CharacterCodingException e) {
        throw HttpError.invalid(name, "'%s' is not in UTF-8".formatted(name));
      } catch (IOException e) {
        throw LimitedBody.failed(e);
      }
    }
  }

  /**
   * Reads one to its end.
   *
   * @throws HttpError if it is none, has too many parts, or is too large or too slow
   */
  public static Form read(Context ctx, ServerConfig config) {
    Limits limits = config.limits();
    String boundary = MultiPart.extractBoundary(String.valueOf(ctx.contentType()));
    if (boundary == null || boundary.isEmpty()) {
      throw HttpError.badBody("a form of several parts needs a boundary in its Content-Type");
    }
    MultiPartFormData.Parser parser = new MultiPartFormData.Parser(boundary);
    parser.setUseFilesForPartsWithoutFileName(true);
    parser.setFilesDirectory(config.temporary());
    parser.setMaxMemoryFileSize(IN_MEMORY);
    parser.setMaxFileSize(limits.file());
    parser.setMaxLength(-1);
    parser.setMaxParts(limits.parts());
    parser.setPartHeadersMaxLength(PART_HEADERS);
    InputStream body = Bodies.stream(ctx, config, limits.body());
    try {
      return new Form(parser.parse(new InputStreamContentSource(body)).join());
    } catch (CompletionException e) {
      throw failed(e.getCause() == null ? e : e.getCause(), limits);
    }
  }

  private static RuntimeException failed(Throwable cause, Limits limits) {
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at instanceof HttpError known) {
        return known;
      }
      if (at instanceof IOException io && LimitedBody.gone(io)) {
        return LimitedBody.failed(io);
      }
    }
    LOG.debug("a form is refused", cause);
    String said = String.valueOf(cause.getMessage());
    if (said.contains("max file size")) {
      return HttpError.tooLarge("a part is larger than %s bytes".formatted(limits.file()));
    }
    if (said.contains("too many")) {
      return HttpError.tooLarge("the form has more than %s parts".formatted(limits.parts()));
    }
    return HttpError.badBody("the form of several parts cannot be read");
  }

  /**
   * All parts as they came.
   *
   * @throws HttpError if one has no name
   */
  public List<Part> parts() {
    List<Part> all = new ArrayList<>();
    for (MultiPart.Part part : parts) {
      String name = Optional.ofNullable(part.getName()).orElse("");
      if (name.isEmpty()) {
        throw HttpError.badBody("a part of the form has no name");
      }
      all.add(new Part(part, name));
    }
    return List.copyOf(all);
  }

  /** Forgets all parts, on disk too. */
  @Override
  public void close() {
    parts.close();
  }
}
