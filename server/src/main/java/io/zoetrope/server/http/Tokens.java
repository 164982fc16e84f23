package io.zoetrope.server.http;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.record.Json;
import io.zoetrope.record.RecordReader;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tokens by which callers are known: 256 bits by chance, of which only the hash is kept. A browser
 * trades one for a session, which is another such secret and ends with its token.
 */
public final class Tokens {
  /** How long a browser stays logged in. */
  static final Duration SESSION = Duration.ofDays(30);

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /** How long it may take until another server's change counts here. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final Jobs.Shelf tokens;
  private final Jobs.Shelf sessions;
  private final Clock clock;
  private volatile Known known = new Known(List.of(), Instant.EPOCH);

  private Tokens(Jobs.Shelf tokens, Jobs.Shelf sessions, Clock clock) {
    this.tokens = tokens;
    this.sessions = sessions;
    this.clock = clock;
  }

  /** Those that are kept with some jobs. */
  public static Tokens of(Jobs jobs) {
    return of(jobs, Clock.systemUTC());
  }

  static Tokens of(Jobs jobs, Clock clock) {
    return new Tokens(jobs.shelf("tokens"), jobs.shelf("sessions"), clock);
  }

  /**
   * A token, without its secret.
   *
   * @param name of it
   * @param role what it may do
   * @param created in seconds
   */
  public record Token(String name, Role role, long created) {}

  private record Kept(Token token, Secret.Hash hash) {}

  private record Known(List<Kept> tokens, Instant at) {}

  /** As it lies on its shelf. */
  private record Card(String role, String hash, long created) {}

  /**
   * Makes one.
   *
   * @param name by which people know it: letters, digits, {@code . _ -}
   * @return the secret, which nobody can find out again
   */
  public String create(String name, Role role) {
    if (!NAME.matcher(name).matches()) {
      throw new UserError(
          Fault.INVALID, "'%s' is no name: use up to 64 letters, digits, . _ -".formatted(name));
    }
    if (role == Role.NOBODY) {
      throw new UserError(Fault.INVALID, "a token must be able to do something", "read, say");
    }
    if (tokens.get(name).isPresent()) {
      throw new UserError(
          Fault.OCCUPIED,
          "there is a token '%s'".formatted(name),
          "remove it, or take another name");
    }
    Secret secret = Secret.next("zt_");
    ObjectNode card = Json.MAPPER.createObjectNode();
    card.put("role", role.text());
    card.put("hash", secret.hash().text());
    card.put("created", clock.instant().getEpochSecond());
    tokens.put(name, card.toString());
    forget();
    return secret.text();
  }

  /** All, by name. */
  public List<Token> list() {
    return known().tokens().stream().map(Kept::token).toList();
  }

  /** Ends one, and all sessions that it began. */
  public boolean remove(String name) {
    boolean was = tokens.remove(name);
    forget();
    return was;
  }

  /** Whose secret it is. Takes as long for each secret that it is not. */
  Optional<Token> find(String secret) {
    Secret.Hash hash = Secret.hash(secret);
    Optional<Token> found = Optional.empty();
    for (Kept kept : known().tokens()) {
      if (kept.hash().same(hash)) {
        found = Optional.of(kept.token());
      }
    }
    return found;
  }

  private record Session(String token, long until) {}

  /**
   * Begins a session.
   *
   * @return its secret, for a cookie
   */
  String begin(Token token) {
    tidy();
    Secret secret = Secret.next("zs_");
    ObjectNode session = Json.MAPPER.createObjectNode();
    session.put("token", token.name());
    session.put("until", clock.instant().plus(SESSION).getEpochSecond());
    sessions.put(secret.hash().text(), session.toString());
    return secret.text();
  }

  /** Whose session it is; empty if it is over. */
  Optional<Token> session(String secret) {
    return sessions
        .get(Secret.hash(secret).text())
        .map(Tokens::parse)
        .filter(this::lasts)
        .flatMap(session ->
            list().stream().filter(token -> token.name().equals(session.token())).findFirst());
  }

  /** Ends a session. */
  void end(String secret) {
    sessions.remove(Secret.hash(secret).text());
  }

  private void tidy() {
    for (String name : sessions.names()) {
      if (sessions.get(name).map(Tokens::parse).filter(s -> !lasts(s)).isPresent()) {
        sessions.remove(name);
      }
    }
  }

  private boolean lasts(Session session) {
    return session.until() > clock.instant().getEpochSecond();
  }

  private static Session parse(String json) {
    return RecordReader.read("session", json, Session.class);
  }

  private Known known() {
    Known now = known;
    if (now.at().plus(FRESH).isAfter(clock.instant())) {
      return now;
    }
    List<Kept> all = new ArrayList<>();
    for (String name : tokens.names()) {
      tokens.get(name).map(json -> kept(name, json)).ifPresent(all::add);
    }
    Known fresh = new Known(List.copyOf(all), clock.instant());
    known = fresh;
    return fresh;
  }

  private void forget() {
    known = new Known(List.of(), Instant.EPOCH);
  }

  private static Kept kept(String name, String json) {
    Card card = RecordReader.read("token " + name, json, Card.class);
    Role role = Role.tryParse(card.role()).orElseThrow();
    return new Kept(new Token(name, role, card.created()), new Secret.Hash(card.hash()));
  }
}
