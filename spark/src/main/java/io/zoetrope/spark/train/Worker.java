package io.zoetrope.spark.train;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.spark.NativeThread;
import io.zoetrope.torch.Gloo;
import io.zoetrope.torch.PeerLost;
import io.zoetrope.torch.Share;
import io.zoetrope.train.TrainingListener;
import io.zoetrope.train.World;
import io.zoetrope.train.run.TrainingRun;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.bytedeco.pytorch.global.torch;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * A worker, as a task of a barrier stage: the first opens a meeting on a free port, all join, and
 * train. What a person can mend is an {@link End}; a lost worker is an exception, which fails the
 * stage.
 */
final class Worker extends AbstractFunction1<Iterator<Integer>, Iterator<End>>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What Spark calls the executor within its driver. */
  private static final String DRIVER = "driver";

  private final Order order;

  Worker(Order order) {
    this.order = order;
  }

  @Override
  public Iterator<End> apply(Iterator<Integer> unused) {
    BarrierTaskContext context = Objects.requireNonNull(BarrierTaskContext.get());
    return scala.collection.Iterator$.MODULE$.single(
        SparkEnv.get().executorId().equals(DRIVER) ? end(context) : alone(context));
  }

  /**
   * In a process of its own, on the thread that computes there. Ctrl-C reaches all processes of a
   * terminal: it is the driver who says what becomes of it.
   */
  private End alone(BarrierTaskContext context) {
    Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
    try {
      return NativeThread.call(() -> end(context));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private End end(BarrierTaskContext context) {
    int rank = context.partitionId();
    torch.set_num_threads(context.cpus());
    try {
      if (order.workers() == 1) {
        return train(context, World.alone());
      }
      try (Gloo gloo = meet(context)) {
        return train(context, World.ranks(gloo, order.compareEvery()));
      }
    } catch (UserError e) {
      return End.of(rank, e);
    } catch (PeerLost e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      // To be read in the executor's log; nothing of it would be better next time.
      e.printStackTrace();
      return End.of(rank, new UserError(Fault.INVALID, "unexpected: " + e));
    }
  }

  private End train(BarrierTaskContext context, World world) {
    TrainingListener listener =
        world.leads()
            ? new Watch(StopFile.of(order), context::isInterrupted)
            : TrainingListener.NONE;
    TrainingRun.Outcome outcome =
        TrainingRun.run(
            order.recipe(), order.kept(), Path.of(order.runs()), order.resume(), listener, world);
    return new End(
        context.partitionId(),
        outcome.training().step(),
        outcome.training().skipped(),
        outcome.training().cancelled(),
        outcome.training().cancelled() ? "" : outcome.product().toString(),
        null);
  }

  private Gloo meet(BarrierTaskContext context) {
    int rank = context.partitionId();
    String own = host(context.getTaskInfos()[rank].address());
    if (rank == 0) {
      try (Gloo.Meeting meeting = Gloo.open(own)) {
        String[] unused = context.allGather(own + " " + meeting.port());
        return meeting.join(own, order.workers());
      }
    }
    String[] first = context.allGather("")[0].split(" ", -1);
    return Gloo.join(first[0], Integer.parseInt(first[1]), own, new Share(rank, order.workers()));
  }

  private static String host(String address) {
    return address.substring(0, address.lastIndexOf(':'));
  }
}
