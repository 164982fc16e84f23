package io.zoetrope.train;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.torch.AllReduce;
import io.zoetrope.torch.PeerLost;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Share;
import io.zoetrope.torch.Tensors;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Several workers, over sums. Every call begins with a header of the same size at each: where one
 * is in the loop, how much it has to say, and whether it is its last word.
 */
final class Ranks implements World {
  /** Bytes of gradients that are averaged at a time. */
  static final long BUCKET = 25L << 20;

  /** How long others may be at a step, a checkpoint or samples. */
  private static final Duration STEP = Duration.ofMinutes(30);

  /** How long others may make data ready. */
  private static final Duration READY = Duration.ofHours(48);

  private static final int PLACE = 0;
  private static final int FAILED = 1;
  private static final int SIZES = 2;

  private final AllReduce peers;
  private final long compareEvery;
  private boolean over;

  Ranks(AllReduce peers, long compareEvery) {
    this.peers = peers;
    this.compareEvery = compareEvery;
  }

  @Override
  public Share share() {
    return peers.share();
  }

  @Override
  public boolean compares(long step) {
    return step % compareEvery == 0;
  }

  @Override
  public List<byte[]> exchange(String at, byte[] own) {
    return say(at, own, false, STEP);
  }

  @Override
  public List<byte[]> await(String at, byte[] own) {
    return say(at, own, false, READY);
  }

  @Override
  public void fail(Throwable why) {
    if (!over) {
      String line = String.valueOf(why.getMessage()).lines().findFirst().orElse("");
      byte[] told = (why.getClass().getSimpleName() + "\n" + line).getBytes(StandardCharsets.UTF_8);
      try {
        List<byte[]> unused = say("the end", told, true, STEP);
      } catch (PeerLost | UserError e) {
        why.addSuppressed(e);
      }
    }
  }

  private List<byte[]> say(String at, byte[] own, boolean failed, Duration patience) {
    try {
      long[] header = new long[SIZES + share().size()];
      header[PLACE] = at.hashCode();
      header[FAILED] = failed ? 1L << Math.min(62, share().rank()) : 0;
      header[SIZES + share().rank()] = own.length;
      long[] all =
          Scopes.value(() -> {
            Tensor sum = Tensors.of(header, header.length);
            peers.sum(sum, patience);
            return Tensors.toLongs(sum);
          });
      List<byte[]> said = bytes(own, Arrays.copyOfRange(all, SIZES, all.length), patience);
      if (all[FAILED] != 0) {
        over = true;
        if (!failed) {
          int first = Long.numberOfTrailingZeros(all[FAILED]);
          throw fromOther(first, new String(said.get(first), StandardCharsets.UTF_8));
        }
      } else if (all[PLACE] != (long) share().size() * at.hashCode()) {
        throw new IllegalStateException(
            "worker %s is at '%s' and others are elsewhere".formatted(share().rank(), at));
      }
      return said;
    } catch (PeerLost e) {
      over = true;
      throw e;
    }
  }

  private static UserError fromOther(int rank, String told) {
    String line = told.substring(told.indexOf('\n') + 1);
    return new UserError(Fault.INVALID, "worker %s: %s".formatted(rank, line));
  }

  private List<byte[]> bytes(byte[] own, long[] sizes, Duration patience) {
    byte[] all = new byte[Math.toIntExact(Arrays.stream(sizes).sum())];
    long before = Arrays.stream(sizes).limit(share().rank()).sum();
    System.arraycopy(own, 0, all, Math.toIntExact(before), own.length);
    if (all.length > 0) {
      byte[] mine = all;
      all =
          Scopes.value(() -> {
            Tensor sum = Tensors.ofBytes(mine, mine.length);
            peers.sum(sum, patience);
            return Tensors.toBytes(sum);
          });
    }
    List<byte[]> each = new ArrayList<>();
    int from = 0;
    for (long size : sizes) {
      each.add(Arrays.copyOfRange(all, from, from + (int) size));
      from += (int) size;
    }
    return each;
  }

  @Override
  public void mean(String at, List<Tensor> tensors) {
    List<byte[]> unused = exchange(at, new byte[0]);
    int from = 0;
    while (from < tensors.size()) {
      int to = from + 1;
      long bytes = tensors.get(from).nbytes();
      while (to < tensors.size()
          && tensors.get(to).scalar_type().intern() == tensors.get(from).scalar_type().intern()
          && bytes + tensors.get(to).nbytes() <= BUCKET) {
        bytes += tensors.get(to).nbytes();
        to++;
      }
      bucket(tensors.subList(from, to));
      from = to;
    }
  }

  /** Averages tensors of one kind, laid behind one another. */
  private void bucket(List<Tensor> tensors) {
    try {
      Scopes.run(() ->
          Scopes.noGrad(() -> {
            Tensor all = Tensors.cat(tensors.stream().map(t -> t.reshape(-1)).toList(), 0);
            // Before the sum, which so does not overflow where its parts do not.
            all.mul_(new Scalar(1.0 / share().size()));
            peers.sum(all, STEP);
            long at = 0;
            for (Tensor tensor : tensors) {
              tensor.copy_(all.narrow(0, at, tensor.numel()).view_as(tensor));
              at += tensor.numel();
            }
            return true;
          }));
    } catch (PeerLost e) {
      over = true;
      throw e;
    }
  }
}
