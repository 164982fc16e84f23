package io.zoetrope.pipeline.family;

import java.nio.file.Path;

/**
 * A LoRA to load with a model.
 *
 * @param file a safetensors file, or a folder with one
 * @param scale 1 is as it was trained, 0 is nothing; also beyond
 */
public record LoraChoice(Path file, double scale) {}
