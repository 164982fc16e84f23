package io.zoetrope.server.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.zoetrope.jobs.Input;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.jobs.worker.MediaException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** Takes files of strangers: kept by their hash once somebody has looked at them. */
public final class Uploads {
  private final Jobs jobs;
  private final Jobs.Look look;
  private final Limits limits;
  private final MeterRegistry meters;

  /**
   * Of a server.
   *
   * @param look says what a file is, or refuses it
   * @param meters where refusals are counted by reason
   */
  public Uploads(Jobs jobs, Jobs.Look look, Limits limits, MeterRegistry meters) {
    this.jobs = jobs;
    this.look = look;
    this.limits = limits;
    this.meters = meters;
  }

  /**
   * Takes one.
   *
   * @param bytes read to their end and closed
   * @param param what the request calls it, for errors
   * @throws HttpError if it is too large, or nothing that is taken
   */
  public Input take(InputStream bytes, String param) {
    try (InputStream counted = new LimitedBody(bytes, limits.file(), Duration.ofDays(1), 0)) {
      return jobs.upload(counted, limits.file(), look);
    } catch (MediaException e) {
      String code = e.code();
      String message = String.valueOf(e.getMessage());
      throw refused(
          code.equals("too_large")
              ? HttpError.tooLarge(message).about(param)
              : HttpError.badRequest(code, param, message));
    } catch (JobsException e) {
      throw e.kind() == JobsException.Kind.TOO_LARGE ? refused(tooLarge().about(param)) : e;
    } catch (HttpError e) {
      throw refused(e.code().equals("too_large") ? tooLarge().about(param) : e);
    } catch (IOException e) {
      throw LimitedBody.failed(e);
    }
  }

  /** Counts a file that is not even looked at. */
  public HttpError refused(HttpError error) {
    meters.counter("zoetrope.uploads.refused", "reason", error.code()).increment();
    return error;
  }

  private HttpError tooLarge() {
    return HttpError.tooLarge("the file is larger than %s bytes".formatted(limits.file()));
  }
}
