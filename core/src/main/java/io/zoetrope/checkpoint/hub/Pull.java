package io.zoetrope.checkpoint.hub;

import io.zoetrope.checkpoint.hub.HubClient.Listing;
import io.zoetrope.checkpoint.hub.HubClient.Metadata;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Report;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Downloads a model into the cache. Only files that are not there are fetched; a pull that was cut
 * goes on where it was. The revision's name in the cache moves to the new commit when all files are
 * there, so that until then what was there before can be used.
 */
public final class Pull implements AutoCloseable {
  /** Left on the disk beside what is downloaded. */
  private static final long SPARE = 64L << 20;

  private static final String INDEX = "model_index.json";

  private final PullRequest request;
  private final Told told;
  private final HubSettings settings;
  private final Patience patience;
  private final Http http;
  private final HubClient hub;
  private final CachedRepo repo;
  private final Workers workers;

  /**
   * Prepares a pull; nothing is asked yet.
   *
   * @throws UserError if the network must not be used
   */
  public Pull(HubSettings settings, PullRequest request, PullListener listener) {
    this(settings, request, listener, Patience.DEFAULT);
  }

  Pull(HubSettings settings, PullRequest request, PullListener listener, Patience patience) {
    if (settings.offline()) {
      throw new UserError(
          Fault.INVALID, "HF_HUB_OFFLINE is set", "unset it to download " + request.id());
    }
    this.request = request;
    this.told = new Told(listener);
    this.settings = settings;
    this.patience = patience;
    this.http = new Http(settings, patience, told);
    this.hub = new HubClient(http, settings, patience, told);
    this.repo = new CachedRepo(settings.cache(), request.id().folder(), settings.links());
    this.workers = new Workers(request.parallel(), told::stop);
  }

  /** Adds up what the connections tell, and knows whether something went wrong elsewhere. */
  private static final class Told implements Traffic {
    private final PullListener listener;
    private volatile boolean stopped;
    private long there;
    private long wanted;

    Told(PullListener listener) {
      this.listener = listener;
    }

    void stop() {
      stopped = true;
    }

    synchronized void planned(PullPlan plan) {
      there = plan.there();
      wanted = plan.bytes();
      listener.planned(plan);
    }

    @Override
    public synchronized void moved(long bytes) {
      there += bytes;
      long done = Math.max(0, there);
      listener.update(Report.of(Phase.DOWNLOAD, done, Math.max(done, wanted)));
    }

    @Override
    public void note(String line) {
      listener.note(line);
    }

    @Override
    public boolean cancelled() {
      return stopped || listener.cancelled();
    }
  }

  /** A file with what the hub says of it; without, if it is there already. */
  private record Wanted(HubFile file, Optional<Metadata> metadata, PullPlan.Item item) {}

  private record Prepared(PullPlan plan, List<Wanted> wanted) {}

  /** Asks the hub and looks at the disk, but downloads nothing. */
  public PullPlan plan() {
    return prepare().plan();
  }

  /**
   * Downloads.
   *
   * @return what was done; its {@link PullPlan#folder} is the model
   * @throws UserError if it cannot be had; what came so far is kept where it is right
   * @throws java.util.concurrent.CancellationException if the listener wants to stop
   */
  public PullPlan run() {
    Prepared prepared = prepare();
    PullPlan plan = prepared.plan();
    told.planned(plan);
    try {
      checkSpace(plan);
      repo.create();
      workers.all(
          tasks(prepared.wanted()),
          task -> {
            fetch(plan.commit(), task);
            return task;
          });
      repo.ref(request.id().revision(), plan.commit());
      return plan;
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", repo.folder(), e);
    }
  }

  private Prepared prepare() {
    ModelId id = request.id();
    Listing listing = hub.list(id);
    Selection selection = Selection.of(listing.files(), request);
    selection.chosen().forEach(file -> FileNames.checkPortable(file.path()));
    tellKind(listing, selection);
    List<Wanted> wanted =
        once(workers.all(selection.chosen(), file -> look(id, listing.commit(), file)));
    PullPlan plan =
        new PullPlan(
            id,
            listing.commit(),
            repo.snapshot(listing.commit()),
            wanted.stream().map(Wanted::item).toList(),
            selection.leftOut(),
            selection.remarks());
    return new Prepared(plan, wanted);
  }

  /** The index is a kilobyte, what follows gigabytes. Who picks files knows what for. */
  private void tellKind(Listing listing, Selection selection) {
    if (!told.listener.asksKind() || !request.include().isEmpty()) {
      return;
    }
    selection.chosen().stream()
        .filter(file -> file.path().equals(INDEX))
        .findFirst()
        .ifPresent(file -> {
          Path there = repo.pointer(listing.commit(), INDEX);
          JsonNode index =
              Files.isRegularFile(there)
                  ? here(there)
                  : hub.content(request.id(), listing.commit(), INDEX);
          String kind = index.path("_class_name").asString("");
          if (!kind.isEmpty()) {
            told.listener.kind(request.id(), kind);
          }
        });
  }

  private static JsonNode here(Path index) {
    try {
      return Json.MAPPER.readTree(Files.readAllBytes(index));
    } catch (IOException | JacksonException e) {
      return Json.MAPPER.missingNode(); // said where it is loaded
    }
  }

  /** Counts the bytes of files with the same content once: they come once. */
  private static List<Wanted> once(List<Wanted> wanted) {
    Set<String> seen = new HashSet<>();
    return wanted.stream()
        .map(one ->
            one.metadata().isEmpty() || seen.add(one.metadata().get().etag())
                ? one
                : new Wanted(
                    one.file(),
                    one.metadata(),
                    new PullPlan.Item(
                        one.item().path(), one.item().bytes(), one.item().bytes().orElse(0))))
        .toList();
  }

  private Wanted look(ModelId id, String commit, HubFile file) throws IOException {
    Path pointer = repo.pointer(commit, file.path());
    if (Download.isThere(pointer, file.size())) {
      // A file of a commit never changes: the hub need not be asked.
      long there = Files.size(pointer);
      return new Wanted(
          file, Optional.empty(), new PullPlan.Item(file.path(), OptionalLong.of(there), there));
    }
    Metadata metadata = hub.metadata(id, commit, file);
    long there = 0;
    Path growing = repo.incomplete(metadata.etag());
    if (Download.isThere(repo.blob(metadata.etag()), metadata.size())) {
      there = Files.size(repo.blob(metadata.etag()));
    } else if (metadata.size().isPresent() && Files.isRegularFile(growing)) {
      long grown = Files.size(growing);
      there = grown <= metadata.size().getAsLong() ? grown : 0;
    }
    return new Wanted(
        file, Optional.of(metadata), new PullPlan.Item(file.path(), metadata.size(), there));
  }

  private void checkSpace(PullPlan plan) {
    Path existing = settings.cache();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    long needed = plan.bytes() - plan.there();
    long free = existing.toFile().getUsableSpace();
    if (needed > 0 && needed + SPARE > free) {
      throw new UserError(
          Fault.TOO_LARGE,
          String.format(
              Locale.ROOT,
              "%s needs %.1f GB more, but %s has only %.1f GB free",
              plan.id(),
              needed / 1e9,
              existing,
              free / 1e9),
          "make room, or set HF_HUB_CACHE to another disk");
    }
  }

  /** Files that share a blob. */
  private record Task(Metadata metadata, List<HubFile> files) {}

  /** Largest first: so that the last one does not run alone for long. */
  private static List<Task> tasks(List<Wanted> wanted) {
    Map<String, Task> tasks = new LinkedHashMap<>();
    for (Wanted one : wanted) {
      one.metadata()
          .ifPresent(m ->
              tasks
                  .computeIfAbsent(m.etag(), etag -> new Task(m, new ArrayList<>()))
                  .files()
                  .add(one.file()));
    }
    return tasks.values().stream()
        .sorted(Comparator.comparingLong(task -> -task.metadata().size().orElse(0)))
        .toList();
  }

  private void fetch(String commit, Task task) {
    HubFile first = task.files().getFirst();
    String etag = task.metadata().etag();
    try {
      if (!Download.isThere(repo.blob(etag), task.metadata().size())) {
        new Download(http, hub, settings, patience, told, repo, request.id(), commit)
            .run(first, task.metadata());
      }
      if (task.metadata().hash().isEmpty()) {
        told.note(first.path() + ": the server gives no hash, only its length was checked");
      }
      for (HubFile file : task.files()) {
        repo.point(commit, file.path(), etag);
      }
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", repo.pointer(commit, first.path()), e);
    }
  }

  /** Ends all connections. */
  @Override
  public void close() {
    http.close();
  }
}
