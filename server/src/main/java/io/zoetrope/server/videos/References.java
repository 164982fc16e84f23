package io.zoetrope.server.videos;

import io.zoetrope.jobs.Input;
import io.zoetrope.jobs.InputRef;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.server.http.HttpError;
import io.zoetrope.server.http.Limits;
import io.zoetrope.server.http.Uploads;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Finds, takes or gets the pictures and videos of requests. */
final class References {
  private static final List<String> URLS = List.of("image_url", "video_url", "url");
  private static final List<String> IDS = List.of("file_id", "id", "video_id");

  private final Jobs jobs;
  private final Uploads uploads;
  private final Fetcher fetcher;
  private final Limits limits;

  References(Jobs jobs, Uploads uploads, Fetcher fetcher, Limits limits) {
    this.jobs = jobs;
    this.uploads = uploads;
    this.fetcher = fetcher;
    this.limits = limits;
  }

  /**
   * The one that a request has under a name, as a file or otherwise.
   *
   * @throws HttpError if there is something, and it will not do
   */
  Optional<Source> find(Params params, Asked asked, String name) {
    Optional<Source> file =
        params.file(name).map(part -> seen(name, uploads.take(part.open(), name)));
    Optional<JsonNode> said = Optional.ofNullable(asked.references().get(name));
    if (file.isPresent() && said.isPresent()) {
      throw HttpError.invalid(name, "'%s' is there twice".formatted(name));
    }
    return file.or(() -> said.map(node -> of(name, node)));
  }

  private Source of(String name, JsonNode node) {
    if (node.isString()) {
      return text(name, node.asString());
    }
    if (node instanceof ObjectNode object) {
      for (String key : object.propertyNames()) {
        JsonNode value = object.get(key);
        JsonNode url = value instanceof ObjectNode ? value.path("url") : value;
        if (URLS.contains(key) && url.isString()) {
          return url(name, url.asString());
        }
        if (IDS.contains(key) && value.isString()) {
          return id(name, value.asString());
        }
      }
    }
    throw HttpError.invalid(
        name, "'%s' must be a file, or an object with image_url or file_id".formatted(name));
  }

  private Source text(String name, String text) {
    return text.indexOf(':') > 0 && InputRef.tryParse(text).isEmpty()
        ? url(name, text)
        : id(name, text);
  }

  private Source url(String name, String url) {
    if (!DataUrl.is(url)) {
      return seen(name, uploads.take(fetcher.open(name, url), name));
    }
    if (url.length() > limits.dataUrl()) {
      throw HttpError.tooLarge(
              "the data: URL is longer than %s letters".formatted(limits.dataUrl()))
          .about(name);
    }
    InputStream bytes =
        DataUrl.open(url)
            .orElseThrow(() ->
                HttpError.badRequest(
                    "unsupported_url",
                    name,
                    "a data: URL must hold Base64: data:image/png;base64,"));
    return seen(name, uploads.take(bytes, name));
  }

  /** A result of a job, or what was uploaded before. */
  private Source id(String name, String id) {
    Optional<JobId> job = JobId.tryParse(id.startsWith("job:") ? id.substring(4) : id);
    if (job.isPresent()) {
      return made(jobs.require(job.get()));
    }
    return InputRef.tryParse(id.startsWith("input:") ? id : "input:" + id)
        .flatMap(ref ->
            ref instanceof InputRef.Upload upload ? jobs.input(upload.sha256()) : Optional.empty())
        .map(input -> seen(name, input))
        .orElseThrow(() ->
            HttpError.invalid(
                name, "'%s' names no upload and no video that is here".formatted(name)));
  }

  /**
   * The video of a job.
   *
   * @throws JobsException if it is not there yet
   */
  Source made(Job job) {
    if (job.result().isEmpty() || !job.state().shown()) {
      throw new JobsException(
          JobsException.Kind.NOT_READY,
          "%s has no video: it is %s".formatted(job.id(), job.state().text()));
    }
    return new Source.Made(job);
  }

  private static Source seen(String name, Input input) {
    Source.Upload upload = new Source.Upload(input);
    if (!upload.seen()) {
      throw HttpError.badRequest(
          "invalid_media", name, "'%s' is neither a picture nor a video".formatted(name));
    }
    return upload;
  }
}
