package io.zoetrope.torch;

import java.util.Arrays;
import java.util.Optional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A weight in fewer bits than one computes with: blocks of bytes, mostly in a mapped file, that are
 * unpacked at each use ({@link Precision#cast}, {@link #rows}). As a tensor it has a shape and no
 * numbers: it lies nowhere ({@link ComputeDevice#META}), so whoever computes with it unawares
 * fails.
 */
public final class PackedTensor extends Tensor {
  /** Numbers unpacked at once: what is made on the way stays in the processor's cache. */
  private static final long CHUNK = 1 << 19;

  /** On a card: launching costs more than memory. */
  private static final long ELSEWHERE = 1 << 25;

  /** How blocks become numbers. */
  public interface Packing {
    /** As people know it, such as {@code Q4_K}. */
    String name();

    /** Numbers of a block. */
    int numbers();

    /** Bytes of a block. */
    int bytes();

    /**
     * Unpacks.
     *
     * @param blocks_NB uint8, on any device
     * @return [N, numbers], f32, beside the blocks
     */
    Tensor unpack(Tensor blocks_NB);

    /** The same for the processor, to the same bits and faster; empty if there is none. */
    default Optional<Loop> loop() {
      return Optional.empty();
    }
  }

  /** Unpacks blocks by a loop over their bytes. */
  @FunctionalInterface
  public interface Loop {
    /**
     * Unpacks.
     *
     * @param blocks one behind the other, from the first byte on
     * @param count of them
     * @param out takes their numbers, from the first on
     */
    void unpack(byte[] blocks, int count, float[] out);
  }

  private final Packing packing;
  private final Tensor blocks_NB;

  private PackedTensor(Packing packing, Tensor blocks_NB, Tensor shape) {
    super(shape);
    this.packing = packing;
    this.blocks_NB = blocks_NB;
  }

  /**
   * A weight of blocks.
   *
   * @param bytes uint8, contiguous, as many as the shape needs; a view of them is held
   * @param shape of as many numbers as the blocks have
   */
  public static PackedTensor of(Packing packing, Tensor bytes, long... shape) {
    long numbers = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    if (numbers % packing.numbers() != 0
        || numbers / packing.numbers() * packing.bytes() != bytes.numel()) {
      throw new IllegalArgumentException(
          "%s bytes are not %s of %s"
              .formatted(bytes.numel(), Arrays.toString(shape), packing.name()));
    }
    Tensor blocks_NB = Scopes.keep(Scopes.tensor(() -> bytes.view(-1, packing.bytes()).detach()));
    return (PackedTensor) Scopes.tensor(() -> new PackedTensor(packing, blocks_NB, nowhere(shape)));
  }

  private static Tensor nowhere(long... shape) {
    return torch.empty(
        shape,
        new TensorOptions(ScalarType.Byte)
            .device(new DeviceOptional(new Device(ComputeDevice.META.toString()))),
        new MemoryFormatOptional());
  }

  /** It, if a tensor is one. */
  public static Optional<PackedTensor> of(Tensor t) {
    return t instanceof PackedTensor packed ? Optional.of(packed) : Optional.empty();
  }

  /** What lies in memory of a tensor: the blocks of a packed one, any other itself. */
  public static Tensor held(Tensor t) {
    return t instanceof PackedTensor packed ? packed.blocks_NB : t;
  }

  /** Bytes that a tensor has where it lies. */
  public static long bytes(Tensor t) {
    Tensor held = held(t);
    return held.numel() * held.element_size();
  }

  /** The numbers of any tensor in a format; itself if it is in it already. */
  public static Tensor dense(Tensor t, ScalarType wanted) {
    return t instanceof PackedTensor packed ? packed.dense(wanted) : t.to(wanted);
  }

  /** Any tensor in another shape of as many numbers. */
  public static Tensor shaped(Tensor t, long... shape) {
    return t instanceof PackedTensor packed
        ? of(packed.packing, packed.blocks_NB.flatten(), shape)
        : t.view(shape);
  }

  /**
   * Rows of any table.
   *
   * @param table_VW packed or not
   * @param index int64, beside the table
   * @return the index's axes and W
   */
  public static Tensor rows(Tensor table_VW, Tensor index) {
    return table_VW instanceof PackedTensor packed
        ? packed.rows(index)
        : torch.embedding(table_VW, index);
  }

  /** The first numbers of any tensor in row-major order; those of a packed one in f32. */
  public static Tensor first(Tensor t, long numbers) {
    long n = Math.min(numbers, t.numel());
    if (t instanceof PackedTensor packed) {
      long blocks = Math.ceilDiv(n, packed.packing.numbers());
      return packed.packing.unpack(packed.blocks_NB.narrow(0, 0, blocks)).flatten().narrow(0, 0, n);
    }
    return t.flatten().narrow(0, 0, n);
  }

  public Packing packing() {
    return packing;
  }

  /** All numbers. */
  public Tensor dense(ScalarType wanted) {
    return Scopes.tensor(() -> Scopes.noGrad(() -> unpacked(wanted)));
  }

  private Tensor unpacked(ScalarType wanted) {
    return denseIn(room(wanted));
  }

  /** Memory for all numbers in a format, beside the blocks: whatever lies there. */
  public Tensor room(ScalarType wanted) {
    return blocks_NB.new_empty(new long[] {numel()}, new TensorOptions(wanted));
  }

  /**
   * All numbers.
   *
   * @param room of as many, contiguous; takes them
   * @return the room in this shape
   */
  public Tensor denseIn(Tensor room) {
    Tensor out = room.view(Tensors.shape(this));
    if (Unpacker.unpack(packing, blocks_NB, out)) {
      return out;
    }
    Tensor out_NK = out.view(-1, packing.numbers());
    long count = blocks_NB.size(0);
    long chunk = ComputeDevice.CPU.holds(blocks_NB) ? CHUNK : ELSEWHERE;
    long step = Math.max(1, chunk / packing.numbers());
    for (long i = 0; i < count; i += step) {
      long from = i;
      long n = Math.min(step, count - i);
      Scopes.run(() -> {
        Tensor part = packing.unpack(blocks_NB.narrow(0, from, n));
        Tensor unused = out_NK.narrow(0, from, n).copy_(part);
      });
    }
    return out;
  }

  private Tensor rows(Tensor index) {
    return Scopes.tensor(() ->
        Scopes.noGrad(() -> {
          long width = size(1);
          if (width % packing.numbers() != 0) {
            return torch.embedding(unpacked(ScalarType.Float), index);
          }
          Tensor of = blocks_NB.view(size(0), -1).index_select(0, index.flatten());
          long[] shape = Arrays.copyOf(Tensors.shape(index), Math.toIntExact(index.dim()) + 1);
          shape[shape.length - 1] = width;
          return packing.unpack(of.view(-1, packing.bytes())).reshape(shape);
        }));
  }

  /** The same blocks on a device; a handle of its own, also where they lie there already. */
  public PackedTensor on(ComputeDevice device) {
    return (PackedTensor)
        Scopes.tensor(() -> of(packing, device.place(blocks_NB).flatten(), Tensors.shape(this)));
  }

  /** Frees the blocks: with {@link Scopes#free}. */
  void freeBlocks() {
    Scopes.free(blocks_NB);
  }
}
