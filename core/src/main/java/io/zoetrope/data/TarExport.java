package io.zoetrope.data;

import io.zoetrope.data.TarMembers.Member;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.MediaEndings;
import io.zoetrope.media.VideoInfo;
import io.zoetrope.media.VideoReader;
import io.zoetrope.progress.Phase;
import io.zoetrope.progress.Progress;
import io.zoetrope.progress.Report;
import io.zoetrope.record.Json;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.FileDigest;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Writes the clips of a folder into tars as webdataset reads them: {@code KEY.mp4}, or of whatever
 * kind a file is, unchanged, {@code KEY.txt} with its caption and {@code KEY.json} with what is
 * known of it. An {@code index.jsonl} beside them says where each clip lies. Tars appear whole or
 * not at all, and those that are there already stay; the index comes last.
 */
public final class TarExport {
  /** Of clips in a tar, about. */
  public static final long USUAL_BYTES = 1L << 30;

  private static final String INDEX = "index.jsonl";

  private TarExport() {}

  /**
   * What was done.
   *
   * @param clips in all tars
   * @param tars there are
   * @param made of them just now
   */
  public record Result(int clips, int tars, int made) {}

  /**
   * A clip of an export.
   *
   * @param key what its members are called
   * @param size bytes of its file
   */
  private record Item(String key, FolderListing.Entry entry, long size) {
    String clip() {
      return key + "." + MediaEndings.of(entry.name());
    }

    byte[] caption() {
      return (entry.caption() + "\n").getBytes(StandardCharsets.UTF_8);
    }
  }

  /**
   * Writes them.
   *
   * @param bytes of clips in a tar, about; a tar has at least one
   * @throws UserError if a clip or caption is missing or damaged, or a tar cannot be written
   * @throws java.util.concurrent.CancellationException when progress says so; whole tars stay
   */
  public static Result write(Path folder, Path out, long bytes, Progress progress) {
    FolderListing listing = FolderListing.of(folder);
    if (!listing.problems().isEmpty()) {
      throw new UserError(Fault.DAMAGED, FolderListing.summary(folder, listing.problems()));
    }
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      throw AtomicFiles.cannot("write", out, e);
    }
    List<List<Item>> tars = divided(listing.entries(), bytes);
    long all = listing.entries().size();
    StringBuilder index = new StringBuilder();
    int made = 0;
    long done = 0;
    for (int i = 0; i < tars.size(); i++) {
      String name = String.format(Locale.ROOT, "clips-%06d.tar", i);
      made += tar(out.resolve(name), tars.get(i), index, progress, done, all) ? 1 : 0;
      done += tars.get(i).size();
    }
    AtomicFiles.text(out.resolve(INDEX), index.toString());
    return new Result(listing.entries().size(), tars.size(), made);
  }

  private static List<List<Item>> divided(List<FolderListing.Entry> entries, long bytes) {
    List<List<Item>> tars = new ArrayList<>();
    List<Item> tar = new ArrayList<>();
    long held = 0;
    for (int i = 0; i < entries.size(); i++) {
      FolderListing.Entry entry = entries.get(i);
      try {
        Item item =
            new Item(String.format(Locale.ROOT, "%09d", i), entry, Files.size(entry.path()));
        if (held + item.size > bytes && !tar.isEmpty()) {
          tars.add(tar);
          tar = new ArrayList<>();
          held = 0;
        }
        tar.add(item);
        held += item.size;
      } catch (IOException e) {
        throw AtomicFiles.cannot("read", entry.path(), e);
      }
    }
    tars.add(tar);
    return tars;
  }

  /** Whether it had to be made. */
  private static boolean tar(
      Path tar, List<Item> items, StringBuilder index, Progress progress, long done, long all) {
    List<Map<String, Object>> facts = new ArrayList<>();
    for (Item item : items) {
      progress.requireGoing(done + facts.size(), all);
      facts.add(facts(item));
      progress.update(Report.of(Phase.READ, done + facts.size(), all));
    }
    boolean made = !holds(tar, items, facts);
    if (made) {
      AtomicFiles.file(tar, temporary -> fill(temporary, items, facts));
    }
    try (TarMembers written = TarMembers.open(tar)) {
      int next = 0;
      for (Member member : written.members()) {
        if (next < items.size() && member.name().equals(items.get(next).clip())) {
          index.append(line(tar, member, items.get(next), facts.get(next))).append('\n');
          next++;
        }
      }
    }
    return made;
  }

  private static Map<String, Object> facts(Item item) {
    VideoInfo info = VideoReader.probe(item.entry.path());
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("caption", item.entry.caption());
    facts.put("source", item.entry.name());
    facts.put("sha256", FileDigest.of(item.entry.path()));
    facts.put("width", info.width());
    facts.put("height", info.height());
    if (!info.still()) {
      facts.put("rate", info.fps());
      info.seconds().ifPresent(seconds -> facts.put("seconds", seconds));
    }
    return facts;
  }

  private static byte[] json(Map<String, Object> facts) {
    return Json.MAPPER.writeValueAsBytes(facts);
  }

  /** Whether a tar is there with these very members. */
  private static boolean holds(Path tar, List<Item> items, List<Map<String, Object>> facts) {
    if (!Files.exists(tar)) {
      return false;
    }
    try (TarMembers there = TarMembers.open(tar)) {
      List<Member> members = there.members();
      if (members.size() != 3 * items.size()) {
        return false;
      }
      for (int i = 0; i < items.size(); i++) {
        Item item = items.get(i);
        Member told = members.get(3 * i + 2);
        byte[] json = json(facts.get(i));
        if (!members.get(3 * i).name().equals(item.clip())
            || members.get(3 * i).size() != item.size
            || told.size() != json.length
            || !java.util.Arrays.equals(there.bytes(told), json)) {
          return false;
        }
      }
      return true;
    } catch (UserError e) {
      return false; // not whole: it is made again
    }
  }

  private static void fill(Path tar, List<Item> items, List<Map<String, Object>> facts)
      throws IOException {
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(tar), 1 << 20);
        TarArchiveOutputStream out =
            new TarArchiveOutputStream(file, StandardCharsets.UTF_8.name())) {
      out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      for (int i = 0; i < items.size(); i++) {
        Item item = items.get(i);
        out.putArchiveEntry(entry(item.clip(), item.size));
        Files.copy(item.entry.path(), out);
        out.closeArchiveEntry();
        put(out, item.key + ".txt", item.caption());
        put(out, item.key + ".json", json(facts.get(i)));
      }
    }
  }

  private static void put(TarArchiveOutputStream out, String name, byte[] bytes)
      throws IOException {
    out.putArchiveEntry(entry(name, bytes.length));
    out.write(bytes);
    out.closeArchiveEntry();
  }

  /** The same bytes whenever it is written. */
  private static TarArchiveEntry entry(String name, long size) {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(size);
    entry.setModTime(0);
    return entry;
  }

  private static String line(Path tar, Member member, Item item, Map<String, Object> facts) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("key", item.key);
    row.put("shard", String.valueOf(tar.getFileName()));
    row.put("member", member.name());
    row.put("offset", member.offset());
    row.put("size", member.size());
    row.putAll(facts);
    return Json.MAPPER.writeValueAsString(row);
  }
}
