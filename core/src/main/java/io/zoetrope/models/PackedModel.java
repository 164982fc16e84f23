package io.zoetrope.models;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AtomicFiles;
import io.zoetrope.torch.FileDigest;
import io.zoetrope.torch.Staged;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model on the class path: the files {@code io/zoetrope/models/NAME/...}, listed in {@code
 * io/zoetrope/models/NAME/files.txt} as {@code sha256sum} does, one {@code SHA256 PATH} a line.
 * Weights are mapped from files, so it is unpacked into a folder that its list names: another list
 * is another folder.
 */
final class PackedModel {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}");
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})\\s+\\*?(\\S.*)");
  private static final String LIST = "files.txt";

  /** One file of it. */
  private record Item(String sha256, String path) {}

  private final String name;
  private final ClassLoader loader;
  private final byte[] list;

  private PackedModel(String name, ClassLoader loader, byte[] list) {
    this.name = name;
    this.loader = loader;
    this.list = list;
  }

  /** The model of a name, as the thread or this library sees the class path. */
  static Optional<PackedModel> named(String name) {
    return named(name, Thread.currentThread().getContextClassLoader())
        .or(() -> named(name, PackedModel.class.getClassLoader()));
  }

  /** The model of a name, as a loader sees the class path. */
  static Optional<PackedModel> named(String name, @Nullable ClassLoader loader) {
    if (loader == null || !NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    try (InputStream in = loader.getResourceAsStream(resource(name, LIST))) {
      return in == null
          ? Optional.empty()
          : Optional.of(new PackedModel(name, loader, in.readAllBytes()));
    } catch (IOException e) {
      throw damaged(name, LIST, e);
    }
  }

  /** The jar that has a model of ours. */
  static String artefact(String name) {
    return "io.zoetrope:zoetrope-model-" + (NAME.matcher(name).matches() ? name : "toybox");
  }

  /**
   * Its folder, which is filled if it is not there yet. Any number of threads and processes may do
   * that at once: each fills one of its own, and the first takes the place.
   *
   * @param unpacked the folder of all such models
   * @throws UserError if a file is not as the list says, or the disk does not take it
   */
  Path in(Path unpacked) {
    MessageDigest digest = FileDigest.sha256();
    digest.update(list);
    Path folder =
        unpacked.toAbsolutePath().resolve(name + "-" + FileDigest.text(digest).substring(0, 16));
    List<Item> items = items();
    if (isWhole(folder, items)) {
      return folder;
    }
    try (Staged staged = Staged.of(folder)) {
      Files.createDirectories(unpacked);
      for (Item item : items) {
        unpack(item, staged.path().resolve(item.path));
      }
      publish(staged, folder, items);
      return folder;
    } catch (IOException e) {
      throw AtomicFiles.cannot("unpack the model '%s' to".formatted(name), folder, e);
    }
  }

  /** Where somebody else was faster, that folder stays: it may be read by now. */
  private static void publish(Staged staged, Path folder, List<Item> items) throws IOException {
    try {
      staged.publish();
    } catch (IOException e) {
      if (!isWhole(folder, items)) {
        staged.publishOver();
      }
    }
  }

  /** Folders appear whole; what a person took out of one comes back. */
  private static boolean isWhole(Path folder, List<Item> items) {
    return items.stream().allMatch(item -> Files.isRegularFile(folder.resolve(item.path)));
  }

  private List<Item> items() {
    List<Item> items = new ArrayList<>();
    for (String line : new String(list, StandardCharsets.UTF_8).lines().toList()) {
      Matcher item = LINE.matcher(line.strip());
      if (item.matches()) {
        String path = item.group(2).replaceFirst("^\\./", "");
        if (path.startsWith("/") || path.contains("..") || path.contains("\\")) {
          throw damaged(name, path, null);
        }
        items.add(new Item(item.group(1), path));
      } else if (!line.isBlank()) {
        throw damaged(name, LIST, null);
      }
    }
    if (items.isEmpty()) {
      throw damaged(name, LIST, null);
    }
    return items;
  }

  private void unpack(Item item, Path target) throws IOException {
    URL url = loader.getResource(resource(name, item.path));
    if (url == null) {
      throw damaged(name, item.path, null);
    }
    Path parent = target.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    MessageDigest digest = FileDigest.sha256();
    try (InputStream in = url.openStream();
        DigestOutputStream out = new DigestOutputStream(Files.newOutputStream(target), digest)) {
      in.transferTo(out);
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(item.sha256)) {
      throw damaged(name, item.path, null);
    }
  }

  private static String resource(String name, String path) {
    return "io/zoetrope/models/" + name + "/" + path;
  }

  private static UserError damaged(String name, String path, @Nullable Throwable from) {
    UserError error =
        new UserError(
            Fault.DAMAGED,
            "the jar of the model '%s' is damaged: %s is missing or not as its list says"
                .formatted(name, path),
            "fetch the jar anew");
    if (from != null) {
      error.initCause(from);
    }
    return error;
  }
}
