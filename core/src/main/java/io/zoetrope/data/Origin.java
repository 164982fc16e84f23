package io.zoetrope.data;

/**
 * Where a clip comes from.
 *
 * @param source its file below the folder, or its name in a tar
 * @param digest of the file's content, SHA-256
 * @param start seconds at which the clip begins in it
 * @param frames of the clip
 * @param crop what is taken of each frame, {@code WxH+X+Y} in the file's pixels; empty where that
 *     is not known
 */
public record Origin(String source, String digest, double start, int frames, String crop) {}
