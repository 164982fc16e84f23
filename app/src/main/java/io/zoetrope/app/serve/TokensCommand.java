package io.zoetrope.app.serve;

import io.zoetrope.app.cli.Result;
import io.zoetrope.app.cli.Verb;
import io.zoetrope.app.cli.terminal.Session;
import io.zoetrope.app.cli.words.UsageError;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.jobs.queue.JobsConfig;
import io.zoetrope.jobs.queue.StoredJobs;
import io.zoetrope.server.http.Role;
import io.zoetrope.server.http.Tokens;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zoetrope tokens}. */
@Command(
    name = "tokens",
    description = {
      "Who may use a studio that others can reach.",
      "tokens                        lists them",
      "tokens add NAME --role make   makes one and prints it: this is the only time",
      "tokens rm NAME                ends one"
    })
public final class TokensCommand extends Verb {
  @Parameters(
      arity = "0..*",
      paramLabel = "ACTION",
      description = "add NAME, or rm NAME; without it, the list.")
  private List<String> words = List.of();

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "read (look), make (order, change, delete) or admin (all) (default: make).")
  private @Nullable String role;

  @Mixin private final StoreOptions store = new StoreOptions();

  public TokensCommand(Session session) {
    super(session);
  }

  @Override
  protected Result run() {
    String action = words.isEmpty() ? "list" : words.getFirst();
    if (role != null && !action.equals("add")) {
      throw new UsageError("--role goes with 'tokens add NAME'");
    }
    JobsConfig kept = store.config(session());
    // Under a name of its own, for the studio may be running.
    JobsConfig beside = kept.withName("tokens-" + ProcessHandle.current().pid());
    try (StoredJobs jobs = Serving.opened(() -> StoredJobs.open(beside, List.of()))) {
      Tokens tokens = Tokens.of(jobs);
      return switch (action + " " + words.size()) {
        case "list 0", "list 1" -> list(tokens);
        case "add 2" -> add(tokens, words.get(1));
        case "rm 2" -> remove(tokens, words.get(1));
        default ->
            throw new UsageError(
                "'%s': say 'tokens', 'tokens add NAME' or 'tokens rm NAME'"
                    .formatted(String.join(" ", words)));
      };
    }
  }

  private Result list(Tokens tokens) {
    List<String> lines = new ArrayList<>();
    List<Map<String, Object>> all = new ArrayList<>();
    for (Tokens.Token token : tokens.list()) {
      lines.add("%-24s %s".formatted(token.name(), token.role().text()));
      all.add(Map.of("name", token.name(), "role", token.role().text()));
    }
    if (lines.isEmpty()) {
      note("there are no tokens");
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("tokens", all);
    return Result.of(String.join("\n", lines), fields);
  }

  private Result add(Tokens tokens, String name) {
    String wanted = role == null ? "make" : role;
    Role as =
        Role.tryParse(wanted)
            .orElseThrow(
                () -> new UsageError("--role is read, make or admin, not '%s'".formatted(wanted)));
    String token = tokens.create(name, as);
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("name", name);
    fields.put("role", as.text());
    fields.put("token", token);
    return Result.of(token, fields);
  }

  private Result remove(Tokens tokens, String name) {
    if (!tokens.remove(name)) {
      throw new UserError(Fault.NOT_FOUND, "there is no token '%s'".formatted(name));
    }
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("removed", name);
    return Result.of("'%s' is no token any more".formatted(name), fields);
  }
}
