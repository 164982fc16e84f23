package io.zoetrope.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.zoetrope.pipeline.TinyModel;
import io.zoetrope.progress.Phase;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several threads, interrupts, and the end. */
@Timeout(60)
class ZoetropeThreadsTest {
  @TempDir Path folder;
  private Zoetrope zoetrope = new NoZoetrope();

  @BeforeEach
  void open() {
    TinyModel.write(folder.resolve("tiny"));
    zoetrope = Zoetrope.open(folder.resolve("tiny").toString());
  }

  @AfterEach
  void close() {
    zoetrope.close();
  }

  private Order.Generate order() {
    return zoetrope.generate("a red ball moves right").seed(4).steps(2).frames(6);
  }

  private static String print(Video video) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (BufferedImage frame : video.frames()) {
        digest.update(((DataBufferByte) frame.getRaster().getDataBuffer()).getData());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void twoThreadsMakeTheBytesOfOneAlone() throws Exception {
    String alone = print(order().make());
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (ExecutorService two = Executors.newFixedThreadPool(2)) {
      List<Future<String>> runs = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        AtomicBoolean begun = new AtomicBoolean();
        runs.add(
            two.submit(() -> {
              String print =
                  print(
                      order()
                          .watch(update -> {
                            if (!begun.getAndSet(true)) {
                              most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                            }
                            if (update.phase() == Phase.WRITE && update.done() == 6) {
                              atOnce.decrementAndGet();
                            }
                          })
                          .make());
              return print;
            }));
      }
      for (Future<String> run : runs) {
        assertThat(run.get()).isEqualTo(alone);
      }
    }
    assertThat(most).hasValue(1);
  }

  @Test
  void virtualThreadsMakeThemToo() throws Exception {
    String alone = print(order().make());
    try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> runs =
          Collections.nCopies(6, 0).stream()
              .map(i -> many.submit(() -> print(order().make())))
              .toList();
      for (Future<String> run : runs) {
        assertThat(run.get()).isEqualTo(alone);
      }
    }
  }

  /** A thread that makes a video, and what came of it. */
  private record Run(Thread thread, FutureTask<Object> task) {
    Throwable failure() throws InterruptedException {
      try {
        throw new AssertionError("made: " + task.get());
      } catch (ExecutionException e) {
        return Objects.requireNonNull(e.getCause());
      }
    }
  }

  private static Run begin(Thread.Builder kind, java.util.concurrent.Callable<Object> work) {
    FutureTask<Object> task = new FutureTask<>(work);
    return new Run(kind.start(task), task);
  }

  private static void require(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Tells that it is sampling, and goes on when it may; an interrupt stays for others to see. */
  private static Watcher held(CountDownLatch sampling, CountDownLatch go) {
    return update -> {
      if (update.phase() == Phase.SAMPLE) {
        sampling.countDown();
        boolean interrupted = false;
        while (go.getCount() > 0) {
          try {
            go.await();
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    };
  }

  private void interrupt(Thread.Builder kind) throws Exception {
    Path file = folder.resolve("interrupted.mp4");
    CountDownLatch sampling = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicBoolean status = new AtomicBoolean();
    Run run =
        begin(
            kind,
            () -> {
              try {
                return order().watch(held(sampling, go)).to(file);
              } finally {
                status.set(Thread.currentThread().isInterrupted());
              }
            });
    require(sampling);
    run.thread.interrupt();
    go.countDown();
    assertThat(run.failure()).isInstanceOf(CancellationException.class);
    assertThat(status).isTrue();
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(p -> String.valueOf(p.getFileName()))).containsExactly("tiny");
    }
  }

  @Test
  void anInterruptCancelsAndLeavesNoFile() throws Exception {
    String alone = print(order().make());
    interrupt(Thread.ofPlatform());
    assertThat(print(order().make())).isEqualTo(alone);
  }

  @Test
  void anInterruptOfAVirtualThreadCancelsToo() throws Exception {
    interrupt(Thread.ofVirtual());
  }

  @Test
  void aFutureThatIsCancelledCancels() throws Exception {
    CountDownLatch sampling = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Path file = folder.resolve("future.mp4");
    try (ExecutorService one = Executors.newSingleThreadExecutor()) {
      Future<Summary> future = one.submit(() -> order().watch(held(sampling, go)).to(file));
      require(sampling);
      future.cancel(true);
      go.countDown();
    }
    assertThat(file).doesNotExist();
    assertThat(order().make().frames()).hasSize(6);
  }

  @Test
  void whoWaitsForHisTurnCanBeInterrupted() throws Exception {
    CountDownLatch sampling = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Run first = begin(Thread.ofPlatform(), () -> print(order().watch(held(sampling, go)).make()));
    require(sampling);
    Run second = begin(Thread.ofPlatform(), () -> order().make());
    second.thread.interrupt();
    assertThat(second.failure()).isInstanceOf(CancellationException.class);
    go.countDown();
    assertThat(first.task.get()).isEqualTo(print(order().make()));
  }

  @Test
  void anInterruptBeforeItBeginsCancels() throws IOException {
    Path file = folder.resolve("never.mp4");
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> order().to(file));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(file).doesNotExist();
  }

  @Test
  void closingCancelsWhatIsMadeAndWaits() throws Exception {
    CountDownLatch sampling = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Path file = folder.resolve("closed.mp4");
    Run run = begin(Thread.ofPlatform(), () -> order().watch(held(sampling, go)).to(file));
    require(sampling);
    Run waiting = begin(Thread.ofPlatform(), () -> order().make());
    Run closing =
        begin(
            Thread.ofPlatform(),
            () -> {
              zoetrope.close();
              return zoetrope.isClosed();
            });
    assertThat(waiting.failure())
        .isInstanceOfAny(CancellationException.class, IllegalStateException.class);
    assertThat(closing.thread.isAlive()).isTrue();
    go.countDown();
    assertThat(run.failure()).isInstanceOf(CancellationException.class);
    closing.thread.join();
    assertThat(file).doesNotExist();
    assertThatIllegalStateException()
        .isThrownBy(() -> order().make())
        .withMessage("this zoetrope is closed: open another");
    assertThat(zoetrope.isClosed()).isTrue();
    zoetrope.close();
  }

  @Test
  void aWatcherMayClose() {
    assertThatExceptionOfType(CancellationException.class)
        .isThrownBy(() -> order().watch(update -> zoetrope.close()).make());
    assertThatIllegalStateException().isThrownBy(() -> order().make());
  }

  @Test
  void aWatcherMakesNoOtherVideo() {
    assertThatIllegalStateException()
        .isThrownBy(() -> order().watch(update -> order().make()).make())
        .withMessageContaining("is making a video already");
  }

  @Test
  void videosStayWhenTheirZoetropeIsClosed() {
    Video video = order().make();
    zoetrope.close();
    assertThat(video.bytes(Format.GIF)).isNotEmpty();
  }
}
