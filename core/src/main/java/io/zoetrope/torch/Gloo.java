package io.zoetrope.torch;

import java.time.Duration;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.AllreduceOptions;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/**
 * Sums over workers by libtorch's Gloo: processes on CPUs, over TCP, in one network. Nothing is
 * encrypted and nobody is asked who they are, so the network must be one's own.
 */
public final class Gloo implements AllReduce {
  /** How long workers may take to find each other. */
  private static final Duration MEETING = Duration.ofMinutes(5);

  private final Share share;
  private final TCPStore store;
  private final ProcessGroupGloo group;

  private Gloo(Share share, TCPStore store, ProcessGroupGloo group) {
    this.share = share;
    this.store = store;
    this.group = group;
  }

  /** Where workers find each other: it is open while the first of them is. */
  public static final class Meeting implements AutoCloseable {
    private final TCPStore store;
    private boolean handed;

    private Meeting(TCPStore store) {
      this.store = store;
    }

    /** The TCP port that it listens on. */
    public int port() {
      return store.getPort() & 0xFFFF;
    }

    /**
     * Joins as the first, waiting for the others.
     *
     * @param host name or address of this machine, under which the others reach it
     */
    public Gloo join(String host, int size) {
      handed = true;
      return Gloo.join(store, host, new Share(0, size));
    }

    /** Ends it, unless somebody joined: then it ends with that. */
    @Override
    public void close() {
      if (!handed) {
        store.close();
      }
    }
  }

  /**
   * Opens a meeting on a free port; for the first worker.
   *
   * @param host name or address of this machine
   */
  public static Meeting open(String host) {
    Natives.prepare();
    return new Meeting(store(host, 0, true));
  }

  /**
   * Joins the others.
   *
   * @param host where the meeting is
   * @param port of the meeting
   * @param own name or address of this machine, under which the others reach it
   * @throws PeerLost if they are not there
   */
  public static Gloo join(String host, int port, String own, Share share) {
    Natives.prepare();
    return join(store(host, port, false), own, share);
  }

  private static TCPStore store(String host, int port, boolean server) {
    try (TCPStoreOptions options = new TCPStoreOptions();
        Milliseconds timeout = new Milliseconds(MEETING.toMillis())) {
      options.port((short) port).isServer(server).waitWorkers(false).timeout(timeout);
      return new TCPStore(host, options);
    } catch (RuntimeException e) {
      throw lost("workers do not meet at %s:%s".formatted(host, port), e);
    }
  }

  private static Gloo join(TCPStore store, String host, Share share) {
    try (PointerScope scope = new PointerScope()) {
      Milliseconds timeout = new Milliseconds(MEETING.toMillis());
      ProcessGroupGloo.Options options = new ProcessGroupGloo.Options(timeout);
      options.devices(new GlooDeviceVector(ProcessGroupGloo.createDeviceForHostname(host)));
      options.threads(2);
      ProcessGroupGloo group = new ProcessGroupGloo(store, share.rank(), share.size(), options);
      group.retainReference();
      scope.detach(group);
      return new Gloo(share, store, group);
    } catch (RuntimeException e) {
      store.close();
      throw lost("the %s workers do not find each other".formatted(share.size()), e);
    }
  }

  @Override
  public Share share() {
    return share;
  }

  @Override
  public void sum(Tensor tensor, Duration patience) {
    try (PointerScope scope = new PointerScope()) {
      AllreduceOptions options = new AllreduceOptions();
      options.timeout(new Milliseconds(patience.toMillis()));
      group.allreduce(new TensorVector(tensor), options)._wait();
    } catch (RuntimeException e) {
      throw lost("another worker is gone", e);
    }
  }

  /** Messages of native code carry their place in the source, and their stack. */
  private static PeerLost lost(String what, RuntimeException e) {
    String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    String why = said.replaceFirst("^\\[[^]]*\\.cc:\\d+] ", "");
    return new PeerLost(what + ": " + why, e);
  }

  @Override
  public void close() {
    group.releaseReference();
    store.close();
  }
}
