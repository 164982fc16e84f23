package io.zoetrope.data;

import io.zoetrope.media.Video;

/** A video and what it shows, in words. A still image is a video of one frame. */
public record Clip(Video video, String caption) {}
