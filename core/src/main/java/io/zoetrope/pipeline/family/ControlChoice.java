package io.zoetrope.pipeline.family;

import java.nio.file.Path;

/**
 * A control to put beside a model's network.
 *
 * @param folder of a {@code ControlNetModel} or {@code SparseControlNetModel}
 * @param scale of what it adds; 1 is as it was trained
 */
public record ControlChoice(Path folder, double scale) {}
