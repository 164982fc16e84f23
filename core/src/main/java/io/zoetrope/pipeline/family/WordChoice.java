package io.zoetrope.pipeline.family;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A word that a text encoder learned apart (textual inversion), to be used in prompts.
 *
 * @param file a safetensors file
 * @param name of the word in prompts; empty for that in the file, or the file's own
 */
public record WordChoice(Path file, Optional<String> name) {}
