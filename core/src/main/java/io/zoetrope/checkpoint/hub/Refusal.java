package io.zoetrope.checkpoint.hub;

import io.zoetrope.checkpoint.hub.Http.Answer;
import io.zoetrope.error.Fault;
import io.zoetrope.error.Mend;
import io.zoetrope.error.UserError;

/** What a status of the hub means to a person. */
final class Refusal {
  private Refusal() {}

  /**
   * The error of an answer that is neither good nor worth asking for again.
   *
   * @param file that was asked for; empty if it was the list
   */
  static UserError of(Answer answer, HubSettings settings, ModelId id, String file) {
    String page = settings.endpoint() + "/" + id.repo();
    String code = answer.header("X-Error-Code").orElse("");
    String message = answer.header("X-Error-Message").orElse("");
    boolean token = settings.token().isPresent();
    return switch (code) {
      case "GatedRepo" -> gated(id, page, token);
      case "RepoNotFound" -> unknown(id, page, token);
      case "RevisionNotFound" ->
          new UserError(
              Fault.NOT_FOUND,
              "%s has no revision '%s'".formatted(id.repo(), id.revision()),
              "look at " + page);
      case "EntryNotFound" -> noFile(id, file);
      default ->
          switch (answer.status()) {
            case 401 ->
                message.contains("nvalid") && token ? badToken(page) : unknown(id, page, token);
            case 403 ->
                message.contains("disabled")
                    ? new UserError(
                        Fault.NO_ACCESS, "%s was taken off the hub: %s".formatted(id.repo(), page))
                    : gated(id, page, token);
            case 404 -> file.isEmpty() ? unknown(id, page, token) : noFile(id, file);
            default ->
                new UserError(
                    Fault.UNREACHABLE,
                    "the hub answers %s for %s%s"
                        .formatted(answer.status(), id, file.isEmpty() ? "" : "/" + file),
                    "check HF_ENDPOINT (%s)".formatted(settings.endpoint()));
          };
    };
  }

  private static UserError gated(ModelId id, String page, boolean token) {
    return token
        ? new UserError(
            Fault.NO_ACCESS,
            id.repo() + " is gated and your token may not read it",
            "accept its licence at " + page)
        : new UserError(
            Fault.NO_ACCESS,
            id.repo() + " is gated",
            "accept its licence at %s and set HF_TOKEN".formatted(page));
  }

  private static UserError unknown(ModelId id, String page, boolean token) {
    return token
        ? new UserError(
            Fault.NOT_FOUND,
            "there is no model %s, or your token may not read it".formatted(id.repo()),
            "look at " + page)
        : new UserError(
            Fault.NOT_FOUND,
            "there is no model %s, or it is private or gated".formatted(id.repo()),
            "look at %s, accept its licence and set HF_TOKEN".formatted(page));
  }

  private static UserError badToken(String page) {
    return new UserError(
        Fault.NO_ACCESS,
        "the hub refuses your token",
        "set HF_TOKEN to a new one, or to none for " + page);
  }

  private static UserError noFile(ModelId id, String file) {
    return new UserError(
        Fault.UNREACHABLE,
        "%s lists '%s' but does not have it".formatted(id, file),
        Mend.of("try again, or leave it out by ").and(Mend.Knob.EXCLUDED));
  }
}
