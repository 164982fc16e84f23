package io.zoetrope.jobs.worker;

import io.zoetrope.error.UserError;
import io.zoetrope.jobs.Runner.Signal;
import io.zoetrope.media.Intake;
import io.zoetrope.media.VideoReader;
import io.zoetrope.torch.ComputeDevice;
import io.zoetrope.torch.Natives;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Makes one attempt after the other, on one thread: libtorch keeps state with it. */
final class Worker {
  private final Link link;
  private final String device;
  private final BlockingQueue<Ask.Make> asked = new LinkedBlockingQueue<>();
  private volatile Signal signal = Signal.GO;

  Worker(Link link, String device) {
    this.link = link;
    this.device = device;
  }

  void start() {
    Thread.ofPlatform()
        .name("inference")
        .uncaughtExceptionHandler((thread, e) -> {
          e.printStackTrace();
          Runtime.getRuntime().halt(1);
        })
        .start(this::work);
  }

  /** Called by the thread that listens. */
  void hear(Ask ask) {
    switch (ask) {
      case Ask.Make make -> {
        signal = Signal.GO;
        asked.add(make);
      }
      case Ask.Cancel cancel -> signal = Signal.CANCEL;
      case Ask.Stop stop -> signal = Signal.STOP;
    }
  }

  private static void warm() {
    try {
      Strips.warm();
    } catch (IOException | UserError e) {
      System.err.println("no strip can be written: " + e.getMessage());
    }
  }

  private void work() {
    Natives.load();
    VideoReader.prepare();
    Intake.only(Intake.STRANGERS);
    link.tell(new Tell.Ready(ComputeDevice.of(device).toString()));
    warm();
    Pace pace = new Pace();
    try (ModelCache models = new ModelCache()) {
      while (true) {
        Ask.Make make = asked.take();
        AttemptWork work = new AttemptWork(make, device, models, pace, link, () -> signal);
        link.tell(new Tell.Over(work.end()));
        if (work.exhausted()) {
          Runtime.getRuntime().halt(3);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
