package io.zoetrope.network.unet;

import java.util.Collections;
import java.util.List;
import java.util.Map;

/** U-Nets by the names of their sizes: the table of {@link UNetConfig#SIZES}. */
final class UNetSizes {
  /**
   * Named sizes. "pixels" and "tiny-pixels" are for videos of 32x32 or 64x64 pixels without an
   * autoencoder, "sd15" is Stable Diffusion 1.x as an image network; the others are for latents.
   */
  static final Map<String, UNetConfig> TABLE =
      Map.ofEntries(
          //             channels widths           heads           mid blocks text
          Map.entry("tiny", vdm(4, List.of(16, 32), List.of(0, 2), 2, 1, 32)),
          Map.entry("tiny-pixels", vdm(3, List.of(16, 32), List.of(0, 2), 2, 1, 32)),
          Map.entry("toybox", vdm(8, List.of(96, 144), List.of(2, 3), 3, 1, 144)),
          Map.entry("looks", vdm(8, List.of(64, 128), List.of(2, 4), 4, 1, 128)),
          // As Stable Diffusion is built, beside which ControlNets stand.
          Map.entry("looks-sd", sd(8, List.of(64, 128), List.of(2, 4), 4, 1, 128)),
          Map.entry("pixels", vdm(3, List.of(32, 64, 96, 144), List.of(0, 0, 2, 3), 3, 1, 144)),
          // Convolutions alone: learned on patches of videos, and run on any size.
          Map.entry("ssr", convolutions(3, List.of(32, 64, 96), 64)),
          Map.entry("tiny-ssr", convolutions(3, List.of(16, 32), 32)),
          Map.entry("stunet", stunet(8, List.of(64, 96, 128), List.of(0, 0, 4), 4, 128)),
          Map.entry("small", vdm(8, List.of(192, 384), List.of(6, 12), 12, 2, 384)),
          Map.entry("sd15", sd(4, List.of(320, 640, 1280, 1280), List.of(8, 8, 8, 0), 8, 2, 768)));

  private UNetSizes() {}

  private static UNetConfig vdm(
      int channels, List<Integer> widths, List<Integer> heads, int mid, int blocks, int text) {
    return new UNetConfig(
        channels, channels, widths, heads, mid, blocks, text, LayerStyle.SMALL, Inflation.VDM);
  }

  private static UNetConfig stunet(
      int channels, List<Integer> widths, List<Integer> heads, int mid, int text) {
    return new UNetConfig(
        channels, channels, widths, heads, mid, 1, text, LayerStyle.SMALL, Inflation.STUNET);
  }

  private static UNetConfig convolutions(int channels, List<Integer> widths, int text) {
    return new UNetConfig(
        channels,
        channels,
        widths,
        Collections.nCopies(widths.size(), 0),
        Middle.PLAIN,
        1,
        text,
        LayerStyle.SMALL,
        Inflation.of("convolutions"));
  }

  private static UNetConfig sd(
      int channels, List<Integer> widths, List<Integer> heads, int mid, int blocks, int text) {
    return new UNetConfig(
        channels,
        channels,
        widths,
        heads,
        mid,
        blocks,
        text,
        LayerStyle.STABLE_DIFFUSION,
        Inflation.NONE);
  }
}
