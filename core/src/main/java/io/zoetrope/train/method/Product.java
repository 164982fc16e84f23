package io.zoetrope.train.method;

import io.zoetrope.train.Ema;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * What a training makes, once its last step is done.
 *
 * @param path of the file or folder
 * @param write writes it, given the averaged weights
 */
public record Product(Path path, Consumer<Ema> write) {}
