package io.zoetrope.bench;

import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/**
 * A file in memory, to be read once from its beginning; it tells where somebody reads beside it.
 */
final class BoundedChannel implements SeekableByteChannel {
  private final byte[] file;
  private int position;
  private boolean overrun;

  BoundedChannel(byte[] file) {
    this.file = file;
  }

  /** Whether more was asked for than there is. */
  boolean overrun() {
    return overrun;
  }

  @Override
  public int read(ByteBuffer target) {
    overrun |= target.remaining() > file.length - position;
    int count = Math.min(file.length - position, target.remaining());
    if (count == 0) {
      return -1;
    }
    target.put(file, position, count);
    position += count;
    return count;
  }

  @Override
  public long size() {
    return file.length;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer source) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public void close() {}
}
