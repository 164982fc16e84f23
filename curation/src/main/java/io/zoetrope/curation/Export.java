package io.zoetrope.curation;

import io.zoetrope.curation.Curation.Watcher;
import io.zoetrope.curation.look.Looker;
import io.zoetrope.curation.table.ClipRow;
import io.zoetrope.curation.table.ProbeRow;
import io.zoetrope.data.Describer;
import io.zoetrope.error.UserError;
import io.zoetrope.media.MediaEndings;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The clips that stay, as a folder that a training reads: a file for each and {@code
 * captions.jsonl}. A whole file becomes a link to it where the disk has those; a part of one is
 * encoded here, for the first time. What is there already stays, and what no longer belongs goes.
 */
public final class Export {
  private static final String CAPTIONS = "captions.jsonl";

  private Export() {}

  /**
   * What came of it.
   *
   * @param clips files that are there
   * @param written of them, now
   * @param uncaptioned clips without a caption: training wants one of each
   * @param problems clips that could not be written, and why
   */
  public record Result(int clips, int written, int uncaptioned, List<String> problems) {
    public Result {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Writes it.
   *
   * @param folder where to
   * @param describer says what those without a caption show; empty to leave them without
   */
  public static Result folder(
      Path root,
      Path folder,
      Report report,
      Optional<Describer> describer,
      Supplier<Looker> lookers,
      int threads,
      Watcher watcher) {
    List<ClipRow> kept = report.kept();
    Map<String, String> names = new ConcurrentHashMap<>();
    Map<String, String> captions = new ConcurrentHashMap<>(known(folder));
    Map<String, String> problems = new ConcurrentHashMap<>();
    Set<String> fresh = ConcurrentHashMap.newKeySet();
    try (Crew crew = new Crew(lookers, threads, watcher)) {
      Files.createDirectories(folder);
      AtomicFiles.sweep(folder);
      crew.each(
          "export",
          kept,
          (looker, clip) -> {
            ProbeRow probe = report.probes().getOrDefault(clip.video(), ProbeRow.bad("", "", 0));
            String name = name(clip, probe);
            Outcome made = one(looker, root, folder, clip, probe);
            if (!made.problem().isEmpty()) {
              problems.put(clip.clip(), clip.path() + ": " + made.problem());
              return;
            }
            if (made.fresh()) {
              fresh.add(name);
            }
            names.put(clip.clip(), name);
            if (!clip.caption().isEmpty()) {
              captions.put(name, clip.caption());
            } else if (describer.isPresent() && captions.getOrDefault(name, "").isEmpty()) {
              try {
                captions.put(name, describer.get().describe(folder.resolve(name)));
              } catch (UserError e) {
                problems.put(clip.clip(), e.reason());
              }
            }
          });
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", folder, e);
    }
    int without = finish(folder, kept, names, captions);
    return new Result(names.size(), fresh.size(), without, new ArrayList<>(problems.values()));
  }

  /**
   * One clip.
   *
   * @param name of its file
   * @param fresh whether it was written now
   * @param problem why it could not be; empty if it is there
   */
  public record Outcome(String name, boolean fresh, String problem) {}

  /** Writes one clip, unless it is there. */
  public static Outcome one(Looker looker, Path root, Path folder, ClipRow clip, ProbeRow probe) {
    String name = name(clip, probe);
    Path target = folder.resolve(name);
    if (Files.exists(target)) {
      return new Outcome(name, false, "");
    }
    return new Outcome(name, true, write(looker, root.resolve(clip.path()), probe, clip, target));
  }

  /**
   * Writes the list of captions, and deletes what no longer belongs.
   *
   * @param names of files, by clip
   * @param captions by names
   * @return how many have none
   */
  public static int finish(
      Path folder, List<ClipRow> kept, Map<String, String> names, Map<String, String> captions) {
    Set<String> wanted = new HashSet<>(names.values());
    try (Stream<Path> there = Files.list(folder)) {
      for (Path file : there.toList()) {
        if (!wanted.contains(String.valueOf(file.getFileName())) && MediaEndings.isMedia(file)) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", folder, e);
    }
    StringBuilder list = new StringBuilder();
    int without = 0;
    for (ClipRow clip : kept) {
      String name = names.get(clip.clip());
      if (name != null) {
        String caption = captions.getOrDefault(name, "");
        without += caption.isEmpty() ? 1 : 0;
        Map<String, String> line = new LinkedHashMap<>();
        line.put("file_name", name);
        line.put("text", caption);
        list.append(Json.MAPPER.writeValueAsString(line)).append('\n');
      }
    }
    AtomicFiles.text(folder.resolve(CAPTIONS), list.toString());
    return without;
  }

  /** Captions that an earlier run wrote. */
  private static Map<String, String> known(Path folder) {
    Map<String, String> known = new LinkedHashMap<>();
    Path list = folder.resolve(CAPTIONS);
    try {
      if (Files.exists(list)) {
        for (String line : Files.readAllLines(list)) {
          var node = Json.MAPPER.readTree(line);
          known.put(node.path("file_name").asString(""), node.path("text").asString(""));
        }
      }
      return known;
    } catch (IOException e) {
      throw AtomicFiles.cannot("read", list, e);
    }
  }

  private static boolean whole(ClipRow clip, ProbeRow probe) {
    return clip.from() == 0
        && clip.to() == probe.frames()
        && clip.width() == probe.width()
        && clip.height() == probe.height();
  }

  private static String name(ClipRow clip, ProbeRow probe) {
    String ending = whole(clip, probe) ? MediaEndings.of(clip.path()) : "mp4";
    return clip.clip() + "." + ending;
  }

  private static String write(
      Looker looker, Path source, ProbeRow probe, ClipRow clip, Path target) {
    if (!whole(clip, probe)) {
      return looker.write(source, probe, clip.from(), clip.to(), target);
    }
    try {
      Files.createLink(target, source);
    } catch (IOException | UnsupportedOperationException e) {
      // Another disk, or one without links.
      AtomicFiles.file(target, part -> Files.copy(source, part));
    }
    return "";
  }
}
