package io.zoetrope.spark;

import io.zoetrope.media.VideoReader;
import io.zoetrope.torch.Natives;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * Loads libtorch and FFmpeg when an executor starts, before its first task: one executor of a
 * machine after another, for two that unpack them into one folder at once destroy each other's
 * files.
 */
public final class NativesPlugin implements SparkPlugin {
  @Override
  public @Nullable DriverPlugin driverPlugin() {
    return null;
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      @Override
      public void init(PluginContext context, Map<String, String> extra) {
        load();
      }
    };
  }

  /** Loads them, if nobody did in this process. */
  static void load() {
    Natives.prepare();
    try {
      Path lock = Loader.getCacheDir().toPath().resolve(".zoetrope.lock");
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        Natives.load();
        VideoReader.prepare();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
