package io.zoetrope.checkpoint.hub;

import io.zoetrope.checkpoint.hub.Http.Answer;
import io.zoetrope.torch.UserError;

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
    String text =
        switch (code) {
          case "GatedRepo" -> gated(id, page, token);
          case "RepoNotFound" -> unknown(id, page, token);
          case "RevisionNotFound" ->
              "%s has no revision '%s': look at %s".formatted(id.repo(), id.revision(), page);
          case "EntryNotFound" -> noFile(id, file);
          default ->
              switch (answer.status()) {
                case 401 ->
                    message.contains("nvalid") && token ? badToken(page) : unknown(id, page, token);
                case 403 ->
                    message.contains("disabled")
                        ? "%s was taken off the hub: %s".formatted(id.repo(), page)
                        : gated(id, page, token);
                case 404 -> file.isEmpty() ? unknown(id, page, token) : noFile(id, file);
                default ->
                    "the hub answers %d for %s%s: check HF_ENDPOINT (%s)"
                        .formatted(
                            answer.status(),
                            id,
                            file.isEmpty() ? "" : "/" + file,
                            settings.endpoint());
              };
        };
    return new UserError(text);
  }

  private static String gated(ModelId id, String page, boolean token) {
    return token
        ? "%s is gated and your token may not read it: accept its licence at %s"
            .formatted(id.repo(), page)
        : "%s is gated: accept its licence at %s and set HF_TOKEN".formatted(id.repo(), page);
  }

  private static String unknown(ModelId id, String page, boolean token) {
    return token
        ? "there is no model %s, or your token may not read it: look at %s"
            .formatted(id.repo(), page)
        : "there is no model %s, or it is private or gated: look at %s, accept its licence and set HF_TOKEN"
            .formatted(id.repo(), page);
  }

  private static String badToken(String page) {
    return "the hub refuses your token: set HF_TOKEN to a new one, or to none for %s"
        .formatted(page);
  }

  private static String noFile(ModelId id, String file) {
    return "%s lists '%s' but does not have it: try again, or --exclude it".formatted(id, file);
  }
}
