package io.zoetrope.server.http;

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

  /**
   * Of a server.
   *
   * @param look says what a file is, or refuses it
   */
  public Uploads(Jobs jobs, Jobs.Look look, Limits limits) {
    this.jobs = jobs;
    this.look = look;
    this.limits = limits;
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
      throw Errors.of(e).about(param);
    } catch (JobsException e) {
      throw e.kind() == JobsException.Kind.TOO_LARGE ? tooLarge().about(param) : e;
    } catch (HttpError e) {
      throw e.code().equals("too_large") ? tooLarge().about(param) : e;
    } catch (IOException e) {
      throw LimitedBody.failed(e);
    }
  }

  private HttpError tooLarge() {
    return HttpError.tooLarge("the file is larger than %s bytes".formatted(limits.file()));
  }
}
