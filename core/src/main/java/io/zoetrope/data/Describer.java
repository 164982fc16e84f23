package io.zoetrope.data;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Words for clips and for prompts by a program or a service of the user's: models that describe
 * pictures are many and are not ours. Training on long descriptions and expanding prompts the same
 * way is what DALL-E 3 and Sora's reports do.
 */
public sealed interface Describer {
  /** How long one answer may take. */
  Duration PATIENCE = Duration.ofMinutes(10);

  /**
   * What a clip shows, in one line.
   *
   * @throws UserError if it cannot be said, naming the clip and why
   */
  String describe(Path clip);

  /**
   * A prompt in more words.
   *
   * @throws UserError if there is no answer
   */
  String expand(String prompt);

  /**
   * By what somebody typed: an address that begins with {@code http://} or {@code https://}, else a
   * program and its arguments, separated by spaces; quotes keep spaces.
   *
   * @throws UserError if it is neither
   */
  static Describer of(String typed) {
    if (typed.startsWith("http://") || typed.startsWith("https://")) {
      try {
        return new Service(URI.create(typed));
      } catch (IllegalArgumentException e) {
        throw new UserError(Fault.INVALID, "'%s' is no address".formatted(typed));
      }
    }
    List<String> words = new ArrayList<>();
    for (String word : typed.strip().split(" +(?=(?:[^']*'[^']*')*[^']*$)", -1)) {
      words.add(word.replace("'", ""));
    }
    if (words.getFirst().isEmpty()) {
      throw new UserError(Fault.INVALID, "who describes is a program or an address, not nothing");
    }
    return new Program(words);
  }

  /** An answer as one line. */
  private static String line(String answer, String who, String what) {
    String line = answer.strip().replaceAll("\\s+", " ");
    if (line.isEmpty()) {
      throw new UserError(Fault.INVALID, "%s says nothing of %s".formatted(who, what));
    }
    return line;
  }

  /**
   * A program that is called with the clip's file, or the prompt, as its last argument, and prints
   * the words.
   *
   * @param command the program and its arguments
   */
  record Program(List<String> command) implements Describer {
    public Program {
      command = List.copyOf(command);
    }

    @Override
    public String describe(Path clip) {
      return answer(clip.toAbsolutePath().toString(), String.valueOf(clip.getFileName()));
    }

    @Override
    public String expand(String prompt) {
      return answer(prompt, "'" + prompt + "'");
    }

    private String answer(String last, String what) {
      List<String> all = new ArrayList<>(command);
      all.add(last);
      String who = command.getFirst();
      try {
        Process process = new ProcessBuilder(all).start();
        process.getOutputStream().close();
        CompletableFuture<String> complaint = later(process.getErrorStream());
        CompletableFuture<String> said = later(process.getInputStream());
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new UserError(
              Fault.UNSUPPORTED,
              "%s took more than %s minutes for %s".formatted(who, PATIENCE.toMinutes(), what));
        }
        if (process.exitValue() != 0) {
          String reason =
              complaint.join().lines().reduce((a, b) -> b).orElse("it does not say why");
          throw new UserError(
              Fault.DAMAGED,
              "%s failed on %s with exit code %s: %s"
                  .formatted(who, what, process.exitValue(), reason.strip()));
        }
        return line(said.join(), who, what);
      } catch (IOException e) {
        throw new UserError(Fault.NOT_FOUND, "cannot start '%s'".formatted(who), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException();
      }
    }

    /** All that comes, read while the program writes it. */
    private static CompletableFuture<String> later(InputStream stream) {
      return CompletableFuture.supplyAsync(() -> text(stream), Thread::startVirtualThread);
    }

    private static String text(InputStream stream) {
      try (stream) {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        return "";
      }
    }
  }

  /**
   * A service that is sent the clip's file, or the prompt as {@code text/plain}, by POST, and
   * answers with the words: plain, or JSON with {@code caption} or {@code text}.
   */
  record Service(URI address) implements Describer {
    private static final Map<String, String> TYPES =
        Map.of(
            "mp4", "video/mp4",
            "webm", "video/webm",
            "gif", "image/gif",
            "png", "image/png",
            "jpg", "image/jpeg",
            "jpeg", "image/jpeg",
            "webp", "image/webp");

    @Override
    public String describe(Path clip) {
      String name = String.valueOf(clip.getFileName());
      String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
      try {
        return answer(
            HttpRequest.BodyPublishers.ofFile(clip),
            TYPES.getOrDefault(ending, "application/octet-stream"),
            name);
      } catch (FileNotFoundException e) {
        throw AtomicFiles.cannot("read", clip, e);
      }
    }

    @Override
    public String expand(String prompt) {
      return answer(
          HttpRequest.BodyPublishers.ofString(prompt),
          "text/plain; charset=utf-8",
          "'" + prompt + "'");
    }

    private String answer(HttpRequest.BodyPublisher body, String type, String what) {
      try (HttpClient client =
          HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(20)).build()) {
        HttpResponse<String> response =
            client.send(
                HttpRequest.newBuilder(address)
                    .timeout(PATIENCE)
                    .header("Content-Type", type)
                    .POST(body)
                    .build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (response.statusCode() / 100 != 2) {
          throw new UserError(
              Fault.DAMAGED,
              "%s answers %s for %s: %s"
                  .formatted(
                      address,
                      response.statusCode(),
                      what,
                      response.body().lines().findFirst().orElse("no reason")));
        }
        boolean json = response.headers().firstValue("Content-Type").orElse("").contains("json");
        return line(json ? said(response.body()) : response.body(), address.toString(), what);
      } catch (IOException e) {
        throw new UserError(
            Fault.NOT_FOUND,
            "%s cannot be reached: %s"
                .formatted(address, Optional.ofNullable(e.getMessage()).orElse("no connection")),
            e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException();
      }
    }

    private String said(String json) {
      try {
        JsonNode tree = Json.MAPPER.readTree(json);
        return tree.path("caption").asString(tree.path("text").asString(""));
      } catch (JacksonException e) {
        throw new UserError(Fault.DAMAGED, "%s answers no JSON, and says so".formatted(address), e);
      }
    }
  }
}
