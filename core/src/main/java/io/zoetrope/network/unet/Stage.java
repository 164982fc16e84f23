package io.zoetrope.network.unet;

import io.zoetrope.nn.FrameConv;
import java.util.List;
import java.util.Optional;

/** One resolution: layers, then a change of size. */
record Stage(List<Layer> layers, Optional<ImageConv> resize, Optional<FrameConv> time) {}
