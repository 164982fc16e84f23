package io.zoetrope.torch;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Which rows of a batch are computed here: of so many workers, number i has the rows i, i + size, i
 * + 2 size, ... Whoever draws random numbers draws those of the whole batch and takes its rows, so
 * that the number of workers changes who computes and never what.
 *
 * @param rank of this worker, from 0
 * @param size how many workers there are
 */
public record Share(int rank, int size) {
  /** The only worker: all rows. */
  public static final Share WHOLE = new Share(0, 1);

  public Share {
    if (rank < 0 || rank >= size) {
      throw new IllegalArgumentException("rank %s of %s".formatted(rank, size));
    }
  }

  /** Whether there are no others. */
  public boolean isWhole() {
    return size == 1;
  }

  /**
   * How many rows of a batch are ours.
   *
   * @throws UserError if not everyone has as many
   */
  public int of(int batch) {
    if (batch % size != 0) {
      throw new UserError(
          Fault.INVALID,
          "a batch of %s cannot be shared by %s workers alike".formatted(batch, size),
          "take a batch that is a multiple of " + size);
    }
    return batch / size;
  }

  /** The number in the whole batch of our i-th row. */
  public int row(int i) {
    return rank + i * size;
  }

  /** Whether a row of the whole batch is ours. */
  public boolean has(int row) {
    return row % size == rank;
  }

  /** Our rows of all. */
  public <T> List<T> of(List<T> all) {
    if (isWhole()) {
      return all;
    }
    List<T> own = new ArrayList<>();
    for (int i = 0; i < of(all.size()); i++) {
      own.add(all.get(row(i)));
    }
    return own;
  }

  /** Our rows of a tensor of the whole batch, whose first axis is the rows; itself if it is all. */
  public Tensor of(Tensor all) {
    if (isWhole()) {
      return all;
    }
    long[] rows = new long[of(Math.toIntExact(all.size(0)))];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = row(i);
    }
    return all.index_select(0, Tensors.of(rows, rows.length));
  }
}
