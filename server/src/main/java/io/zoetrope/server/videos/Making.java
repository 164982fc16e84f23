package io.zoetrope.server.videos;

import io.javalin.http.Context;
import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobId;
import io.zoetrope.server.http.HttpError;
import io.zoetrope.server.http.ServerConfig;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What makes videos: of words, of a picture, of another video. */
final class Making {
  private final ServerConfig config;
  private final References references;
  private final Orders orders;
  private final Submission submission;

  Making(ServerConfig config, References references, Orders orders, Submission submission) {
    this.config = config;
    this.references = references;
    this.orders = orders;
    this.submission = submission;
  }

  /** A new one. A picture is animated, a video restyled, unless another task is asked for. */
  Job create(Context ctx) {
    return Params.read(
        ctx,
        config,
        params -> {
          Asked asked = Asked.of(params, config.limits().prompt());
          List<Source> sources =
              Stream.of("input_reference", "image_reference", "video_reference")
                  .map(name -> references.find(params, asked, name))
                  .flatMap(Optional::stream)
                  .toList();
          refuse(params, asked, "video");
          if (sources.size() > 1) {
            throw HttpError.invalid(
                "input_reference", "one picture or video: name others in zoetrope.task");
          }
          Optional<Source> source = sources.stream().findFirst();
          boolean free = asked.zoetrope().path("wish").has("prompts");
          if (!free && asked.plain().prompt().isEmpty()) {
            throw HttpError.invalid("prompt", "prompt is missing: say what the video shall show");
          }
          String task = source.map(s -> s.still() ? "animate" : "restyle").orElse("generate");
          return submit(ctx, asked, new Orders.Start(task, source, Optional.empty()), source);
        });
  }

  /** Another of the same, by other words. */
  Job remix(Context ctx, Job first) {
    return Params.read(
        ctx,
        config,
        params -> {
          Asked asked = Asked.of(params, config.limits().prompt());
          refuse(params, asked, "input_reference", "image_reference", "video_reference", "video");
          requirePrompt(asked);
          Source source = references.made(first);
          return submit(
              ctx,
              asked,
              new Orders.Start("restyle", Optional.of(source), Optional.of(first)),
              Optional.of(source));
        });
  }

  /** A video, by other words. */
  Job edit(Context ctx) {
    return ofVideo(ctx, "restyle");
  }

  /** A video that goes on. */
  Job extend(Context ctx) {
    return ofVideo(ctx, "extend");
  }

  private Job ofVideo(Context ctx, String task) {
    return Params.read(
        ctx,
        config,
        params -> {
          Asked asked = Asked.of(params, config.limits().prompt());
          refuse(params, asked, "input_reference", "image_reference", "video_reference");
          requirePrompt(asked);
          Source source =
              references
                  .find(params, asked, "video")
                  .orElseThrow(() ->
                      HttpError.invalid(
                          "video", "video is missing: upload one, or give the id of one"));
          boolean longer =
              asked.plain().seconds().isPresent() || asked.plain().num_frames().isPresent();
          if (task.equals("extend") && !longer) {
            throw HttpError.invalid("seconds", "seconds is missing: how long shall it be in all?");
          }
          return submit(
              ctx,
              asked,
              new Orders.Start(task, Optional.of(source), Optional.empty()),
              task.equals("extend") ? Optional.empty() : Optional.of(source));
        });
  }

  private static void requirePrompt(Asked asked) {
    if (asked.plain().prompt().isEmpty()) {
      throw HttpError.invalid("prompt", "prompt is missing: say what the video shall show");
    }
  }

  private static void refuse(Params params, Asked asked, String... names) {
    for (String name : names) {
      if (params.file(name).isPresent() || asked.references().containsKey(name)) {
        throw HttpError.badRequest(
            "unknown_parameter", name, "%s is no parameter here".formatted(name));
      }
    }
  }

  private Job submit(Context ctx, Asked asked, Orders.Start start, Optional<Source> changed) {
    Optional<JobId> first =
        changed
            .filter(source -> start.task().equals("restyle"))
            .flatMap(source ->
                source instanceof Source.Made made
                    ? Optional.of(made.job().id())
                    : Optional.empty());
    return submission.submit(ctx, orders.make(asked, start), first);
  }
}
