package io.zoetrope.studio;

import io.zoetrope.pipeline.order.FrameSink;
import io.zoetrope.pipeline.order.Made;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Studio;
import io.zoetrope.pipeline.order.VideoOrder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A model that is loaded, until it is closed and nobody uses it any more. */
final class OpenZoetrope implements Zoetrope, Maker {
  private final ModelRef model;
  private final Shelf shelf;
  private final Set<Thread> inside = new HashSet<>();
  private volatile boolean closed;

  OpenZoetrope(ModelRef model, Shelf shelf) {
    this.model = model;
    this.shelf = shelf;
  }

  @Override
  public ModelRef model() {
    return model;
  }

  @Override
  public Path folder() {
    return shelf.folder();
  }

  @Override
  public Order.Generate generate(String prompt) {
    return new Drafts.Generate(this, prompt);
  }

  @Override
  public Order.Animate animate(Media image) {
    Given given = new Given();
    return new Drafts.Animate(this, given, given.add(image));
  }

  @Override
  public Order.Interpolate interpolate(Media first, Media last) {
    Given given = new Given();
    return new Drafts.Interpolate(this, given, given.add(first), given.add(last));
  }

  @Override
  public Order.Loop loop(Media image) {
    Given given = new Given();
    return new Drafts.Loop(this, given, given.add(image));
  }

  @Override
  public Order.Extend extend(Media video) {
    Given given = new Given();
    return new Drafts.Extend(this, given, given.add(video));
  }

  @Override
  public Order.Restyle restyle(Media video, String prompt) {
    Given given = new Given();
    return new Drafts.Restyle(this, given, given.add(video), prompt);
  }

  @Override
  public Order.Refine refine(Media video) {
    Given given = new Given();
    return new Drafts.Refine(this, given, given.add(video));
  }

  @Override
  public Order.Travel travel(String prompt) {
    return new Drafts.Travel(this, prompt);
  }

  @Override
  public Order.Roll roll(String prompt) {
    return new Drafts.Roll(this, prompt);
  }

  @Override
  public Made make(VideoOrder order, Given given, FrameSink sink, Watcher watcher) {
    Thread me = Thread.currentThread();
    enter(me);
    try {
      Watching watching = Watching.of(watcher, () -> closed);
      return watching.run(() ->
          given.isEmpty()
              ? Studio.make(order, shelf.sources(Map.of()), sink, watching)
              : Scratch.use(
                  folder -> Studio.make(order, shelf.sources(given.in(folder)), sink, watching)));
    } finally {
      leave(me);
    }
  }

  private synchronized void enter(Thread me) {
    if (closed) {
      throw new IllegalStateException("this zoetrope is closed: open another");
    }
    if (!inside.add(me)) {
      throw new IllegalStateException("this thread is making a video already: end that first");
    }
  }

  private synchronized void leave(Thread me) {
    inside.remove(me);
    if (closed && inside.isEmpty()) {
      shelf.close();
    }
    notifyAll();
  }

  @Override
  public synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      if (inside.isEmpty()) {
        shelf.close();
      }
    }
    boolean interrupted = false;
    // Whoever closes it out of a watcher waits for himself in vain.
    while (!inside.isEmpty() && !inside.contains(Thread.currentThread())) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
