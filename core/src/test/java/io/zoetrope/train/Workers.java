package io.zoetrope.train;

import io.zoetrope.torch.Gloo;
import io.zoetrope.torch.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Several workers as threads of this process, which meet by Gloo as processes do. */
public final class Workers {
  private static final String HERE = "127.0.0.1";

  private Workers() {}

  /** Runs a body in each of so many worlds; what each threw, by rank. */
  public static List<Optional<Throwable>> run(int size, long compareEvery, Consumer<World> body)
      throws InterruptedException {
    List<Future<?>> all = new ArrayList<>();
    try (Gloo.Meeting meeting = Gloo.open(HERE);
        ExecutorService threads = Executors.newFixedThreadPool(size)) {
      for (int i = 0; i < size; i++) {
        int rank = i;
        all.add(
            threads.submit(() -> {
              try (Gloo gloo =
                  rank == 0
                      ? meeting.join(HERE, size)
                      : Gloo.join(HERE, meeting.port(), HERE, new Share(rank, size))) {
                body.accept(World.ranks(gloo, compareEvery));
              }
            }));
      }
    }
    List<Optional<Throwable>> thrown = new ArrayList<>();
    for (Future<?> one : all) {
      try {
        one.get();
        thrown.add(Optional.empty());
      } catch (ExecutionException e) {
        thrown.add(Optional.ofNullable(e.getCause()));
      }
    }
    return thrown;
  }
}
