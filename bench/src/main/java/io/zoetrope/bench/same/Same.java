package io.zoetrope.bench.same;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Whether two checkouts make the same to the bit: a row for each thing made, its SHA-256, and at
 * the end a verdict. Of one checkout it prints the hashes.
 *
 * <pre>
 * bench/same.sh OLD NEW                # videos by every command
 * bench/same.sh --training 20 OLD NEW  # every recipe, 20 steps
 * bench/same.sh --only roll OLD NEW
 * </pre>
 */
public final class Same {
  private static final String USAGE =
      """
      usage: bench/same.sh [--training N] [--only TEXT] OLD [NEW]
        OLD, NEW    checkouts; ./zoetrope builds them if they are stale
        --training  recipes, N steps each (2 or more), in place of videos
        --only      only rows whose name contains the text
      """;

  private record Order(OptionalInt training, String only, List<Path> homes) {}

  /**
   * A checkout and what it can make.
   *
   * @param proofs by name
   */
  private record Side(Checkout checkout, SequencedMap<String, Proof> proofs) {
    /** What came of one proof, or why nothing did. */
    SequencedMap<String, String> make(String name) throws InterruptedException {
      Proof proof = proofs.get(name);
      SequencedMap<String, String> nothing = new LinkedHashMap<>();
      if (proof == null) {
        return nothing;
      }
      try {
        return proof.digests(checkout);
      } catch (IOException e) {
        nothing.put("failed", e.getMessage());
        return nothing;
      }
    }
  }

  private Same() {}

  /** Exit code 0: all the same; 1: something differs or failed; 2: wrong usage. */
  public static void main(String[] arguments) throws Exception {
    try {
      System.exit(run(parse(List.of(arguments))) ? 0 : 1);
    } catch (IllegalArgumentException e) {
      System.err.println("same: " + e.getMessage());
      System.err.print(USAGE);
      System.exit(2);
    }
  }

  private static Order parse(List<String> arguments) {
    OptionalInt training = OptionalInt.empty();
    String only = "";
    List<Path> homes = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i);
      if (word.equals("--training") && i + 1 < arguments.size()) {
        training = OptionalInt.of(Math.max(2, Integer.parseInt(arguments.get(++i))));
      } else if (word.equals("--only") && i + 1 < arguments.size()) {
        only = arguments.get(++i);
      } else if (word.startsWith("-")) {
        throw new IllegalArgumentException("unknown option '" + word + "'");
      } else {
        homes.add(Path.of(word).toAbsolutePath().normalize());
      }
    }
    if (homes.isEmpty() || homes.size() > 2) {
      throw new IllegalArgumentException("name one checkout or two");
    }
    return new Order(training, only, homes);
  }

  private static boolean run(Order order) throws Exception {
    Path work = Files.createTempDirectory("zoetrope-same");
    long start = System.nanoTime();
    List<Side> sides = new ArrayList<>();
    SequencedSet<String> names = new LinkedHashSet<>();
    for (Path home : order.homes()) {
      Checkout checkout = Checkout.of(home, work.resolve(sides.isEmpty() ? "old" : "new"));
      Side side = new Side(checkout, new LinkedHashMap<>());
      List<Proof> proofs =
          order.training().isPresent()
              ? Trainings.of(checkout, order.only(), order.training().getAsInt())
              : Videos.of(checkout, order.only());
      proofs.forEach(proof -> side.proofs().put(proof.name(), proof));
      sides.add(side);
      names.addAll(side.proofs().keySet());
    }
    int rows = 0;
    int same = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(sides.size())) {
      for (String name : names) {
        List<Future<SequencedMap<String, String>>> running =
            sides.stream().map(side -> threads.submit(() -> side.make(name))).toList();
        List<SequencedMap<String, String>> made = new ArrayList<>();
        for (Future<SequencedMap<String, String>> one : running) {
          made.add(one.get());
        }
        SequencedSet<String> parts = new LinkedHashSet<>();
        made.forEach(digests -> parts.addAll(digests.keySet()));
        for (String part : parts) {
          rows++;
          List<String> hashes =
              made.stream().map(digests -> digests.getOrDefault(part, "nothing")).toList();
          if (row(name + ", " + part, hashes)) {
            same++;
          }
        }
      }
    }
    System.out.printf(
        Locale.ROOT, "%d of %d alike, %.0f s%n", same, rows, (System.nanoTime() - start) * 1e-9);
    if (same < rows) {
      System.out.println("what was made lies in " + work);
    } else {
      delete(work);
    }
    return same == rows;
  }

  /** Prints one row, two lines long if the hashes differ. */
  private static boolean row(String name, List<String> hashes) {
    List<String> shown = hashes.stream().distinct().toList();
    boolean good = shown.size() == 1 && shown.getFirst().matches("[0-9a-f]{64}");
    for (String hash : shown) {
      String verdict = hashes.size() == 1 ? "made" : "equal";
      System.out.printf("%-9s  %-64s  %s%n", good ? verdict : "different", hash, name);
    }
    return good;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
