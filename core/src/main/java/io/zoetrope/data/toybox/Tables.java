package io.zoetrope.data.toybox;

/**
 * Paints the empty table: plain, a gradient or a checkerboard in gentle perspective, under one
 * lamp.
 */
final class Tables {
  /** Muted pairs, sRGB: saturation stays below a fifth, so that no table looks like paint. */
  private static final int[][] PAIRS = {
    {226, 217, 202, 198, 187, 170}, // cream
    {214, 216, 220, 182, 186, 192}, // light grey
    {206, 192, 176, 176, 162, 146}, // oak
    {196, 206, 212, 160, 172, 180}, // mist
    {200, 208, 194, 164, 174, 158}, // sage
    {214, 202, 208, 182, 168, 176}, // mauve
    {168, 166, 164, 134, 132, 132}, // slate
    {150, 156, 166, 116, 122, 132}, // dusk
  };

  private Tables() {}

  static byte[] paint(ToyboxScene scene, int width, int height) {
    byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
    int[] pair = PAIRS[scene.palette()];
    int side = Math.min(width, height);
    double x0 = 0.5 - 0.5 * width / side;
    double y0 = 0.5 - 0.5 * height / side;
    for (int j = 0; j < height; j++) {
      double y = y0 + (j + 0.5) / side;
      // Perspective: a tile nearer to the eye (lower) is larger.
      double w = Math.max(0.3, 0.8 + 0.4 * y);
      float tileV = (float) (-15 / w + 40);
      float blurV = (float) (6 / (w * w) / side);
      float blurU = (float) (6 / w / side);
      int at = j * width * 3;
      for (int i = 0; i < width; i++, at += 3) {
        double x = x0 + (i + 0.5) / side;
        float mix =
            switch (scene.background()) {
              case PLAIN -> 0.25f;
              case GRADIENT -> (float) Math.clamp(0.12 + 0.85 * (0.3 * x + 0.7 * y), 0, 1) * 1.5f;
              case CHECKER ->
                  0.5f
                      + 0.5f * wave((float) ((x - 0.5) * 6 / w + 40.5), blurU) * wave(tileV, blurV);
            };
        double fromLamp = (x - 0.25) * (x - 0.25) + (y - 0.15) * (y - 0.15);
        float light = (float) (1.06 - 0.14 * Math.min(1.4, fromLamp));
        for (int c = 0; c < 3; c++) {
          float value = (pair[c] + (pair[c + 3] - pair[c]) * mix) * light;
          rgb[at + c] = (byte) (Math.clamp(value, 0, 255) + 0.5f);
        }
      }
    }
    return rgb;
  }

  /** A square wave of period 2 between -1 and 1, its edges one pixel ({@code blur}) soft. */
  private static float wave(float t, float blur) {
    float f = t - 2 * (float) Math.floor(0.5f * t);
    float toEdge = f < 1 ? Math.min(f, 1 - f) : -Math.min(f - 1, 2 - f);
    return Math.clamp(2 * toEdge / blur, -1, 1);
  }
}
