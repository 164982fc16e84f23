package io.zoetrope.pipeline.family;

import java.nio.file.Path;
import java.util.Optional;

/**
 * An IP-Adapter to put beside a model's network, so that it is shown pictures.
 *
 * @param adapter its safetensors file, or a folder with one
 * @param encoder a folder with the encoder of pictures that it goes with; empty for the one in
 *     {@code image_encoder} beside the adapter or in the model
 * @param scale of what is seen in pictures; 1 is as it was trained, 0 is nothing
 */
public record PictureChoice(Path adapter, Optional<Path> encoder, double scale) {}
