package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.ToyboxObject.Pose;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Paints scenes: the table once, then for each frame the soft shadows and the toys, back to front,
 * touching only the pixels of their bounding boxes. Edges are anti-aliased by analytic coverage.
 * One lamp stands at the top left. Stateless and thread-safe.
 */
public final class ToyboxRenderer {
  /**
   * A toy lies a little above the table; its shadow falls away from the lamp by this share of its
   * radius.
   */
  private static final double SHADOW_X = 0.13;

  private static final double SHADOW_Y = 0.20;
  private static final float SHADOW_SOFT = 0.3f;
  private static final float SHADOW_DARK = 0.5f;

  // The unit vector to the lamp, and the half vector between it and the eye.
  private static final float LX = -0.46f;
  private static final float LY = -0.58f;
  private static final float LZ = 0.672f;
  private static final float HX = -0.2516f;
  private static final float HY = -0.3172f;
  private static final float HZ = 0.9144f;

  /** Pixels are kept in memory, so there is a limit to a clip. */
  private static final double MOST_BYTES = 2e9;

  private ToyboxRenderer() {}

  /** Frames at {@code t = 0, 1/fps, 2/fps, ...} in the plain look. */
  public static Video render(ToyboxScene scene, int width, int height, int frames, double fps) {
    return render(scene, ToyboxLook.PLAIN, width, height, frames, fps);
  }

  /** Frames at {@code t = 0, 1/fps, 2/fps, ...} in a look. */
  public static Video render(
      ToyboxScene scene, ToyboxLook look, int width, int height, int frames, double fps) {
    if (width < 1 || height < 1 || frames < 1 || !(fps > 0) || Double.isInfinite(fps)) {
      throw new UserError(
          Fault.INVALID,
          "a clip needs at least 1x1 pixels, 1 frame and a rate above 0, not %sx%s, %s and %s"
              .formatted(width, height, frames, fps));
    }
    double bytes = 3.0 * width * height * frames;
    if (bytes > MOST_BYTES) {
      throw new UserError(
          Fault.TOO_LARGE,
          String.format(
              Locale.ROOT, "%s frames of %sx%s take %.1f GB", frames, width, height, bytes / 1e9),
          "ask for fewer frames or a smaller size");
    }
    Film film = new Film(scene, look, width, height);
    List<Frame> out = new ArrayList<>(frames);
    for (int k = 0; k < frames; k++) {
      out.add(film.frame(k / fps));
    }
    return new Video(out, fps);
  }

  /** The one frame at a time in seconds, in the plain look. */
  public static Frame renderAt(ToyboxScene scene, int width, int height, double seconds) {
    return renderAt(scene, ToyboxLook.PLAIN, width, height, seconds);
  }

  /** The one frame at a time in seconds, in a look. */
  public static Frame renderAt(
      ToyboxScene scene, ToyboxLook look, int width, int height, double seconds) {
    return new Film(scene, look, width, height).frame(seconds);
  }

  /** Indices of the objects from back to front: what is lower on the table is nearer to the eye. */
  static List<Integer> backToFront(List<Pose> poses) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < poses.size(); i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingDouble(i -> poses.get(i).groundY()));
    return order;
  }

  /** A scene in a look, with what its frames have in common. */
  private static final class Film {
    private final ToyboxScene scene;
    private final ToyboxLook look;
    private final int width;
    private final int height;
    private final Stage stage;
    private final byte[] table;

    Film(ToyboxScene scene, ToyboxLook look, int width, int height) {
      this.scene = scene;
      this.look = look;
      this.width = width;
      this.height = height;
      stage = new Stage(width, height);
      table = look.camera().moves() ? stage.paint(scene) : Tables.paint(scene, width, height);
      Looks.table(look.style(), table);
    }

    Frame frame(double t) {
      byte[] rgb = table.clone();
      List<Pose> poses = scene.objects().stream().map(o -> o.at(t)).toList();
      Frame seen;
      if (look.camera().moves()) {
        toys(rgb, stage.width, stage.height, poses.stream().map(Stage::pose).toList());
        seen = stage.seen(rgb, look.camera().at(t));
      } else {
        toys(rgb, width, height, poses);
        seen = new Frame(width, height, rgb);
      }
      Looks.frame(look.style(), seen.rgb());
      if (look.watermark()) {
        Watermark.print(seen.rgb(), width, height);
      }
      return seen;
    }

    private void toys(byte[] rgb, int width, int height, List<Pose> poses) {
      List<Integer> order = backToFront(poses);
      for (int i : order) {
        if (Looks.shadows(look.style())) {
          shadow(rgb, width, height, scene.objects().get(i), poses.get(i));
        } else if (look.style() == ToyboxLook.Style.NIGHT) {
          Looks.glow(rgb, width, height, scene.objects().get(i), poses.get(i));
        }
      }
      for (int i : order) {
        if (Looks.lit(look.style())) {
          toy(rgb, width, height, scene.objects().get(i), poses.get(i));
        } else {
          Looks.drawn(rgb, width, height, scene.objects().get(i), poses.get(i));
        }
      }
    }
  }

  private static void shadow(byte[] rgb, int width, int height, ToyboxObject object, Pose pose) {
    // The higher a toy, the farther, softer and paler its shadow.
    double rise = pose.lift() / ToyboxObject.HOP;
    double dx = SHADOW_X * pose.radius() + 0.25 * pose.lift();
    double dy = SHADOW_Y * pose.radius();
    float soft = SHADOW_SOFT + (float) (0.25 * rise);
    float dark = SHADOW_DARK * (float) (pose.opacity() * (1 - 0.45 * rise));
    Brush brush = new Brush(width, height, pose, pose.x() + dx, pose.groundY() + dy, 1 + soft);
    float[] cells = ShapeTable.of(object.shape()).cells;
    for (int y = brush.top; y < brush.bottom; y++) {
      float u = brush.u(brush.left, y);
      float v = brush.v(brush.left, y);
      int at = (y * width + brush.left) * 3;
      for (int x = brush.left; x < brush.right; x++, u += brush.cos, v -= brush.sin, at += 3) {
        float d = Brush.sample(cells, u, v, 0);
        float s = 0.5f - d / (2 * soft);
        if (s <= 0) {
          continue;
        }
        s = s >= 1 ? 1 : s * s * (3 - 2 * s);
        float keep = 1 - dark * s;
        // Shadows are a touch cooler than the table: blue keeps more of its light.
        rgb[at] = (byte) ((rgb[at] & 255) * keep + 0.5f);
        rgb[at + 1] = (byte) ((rgb[at + 1] & 255) * keep + 0.5f);
        rgb[at + 2] = (byte) ((rgb[at + 2] & 255) * (keep + 0.06f * dark * s) + 0.5f);
      }
    }
  }

  private static void toy(byte[] rgb, int width, int height, ToyboxObject object, Pose pose) {
    if (pose.opacity() <= 0) {
      return;
    }
    Brush brush = new Brush(width, height, pose, pose.x(), pose.y(), 1.02);
    float[] cells = ShapeTable.of(object.shape()).cells;
    float red = object.colour().r();
    float green = object.colour().g();
    float blue = object.colour().b();
    float opacity = (float) pose.opacity();
    float radius = brush.radius;
    float c = brush.cos * radius;
    float s = brush.sin * radius;
    for (int y = brush.top; y < brush.bottom; y++) {
      float u = brush.u(brush.left, y);
      float v = brush.v(brush.left, y);
      int at = (y * width + brush.left) * 3;
      for (int x = brush.left; x < brush.right; x++, u += brush.cos, v -= brush.sin, at += 3) {
        float cover = 0.5f - Brush.sample(cells, u, v, 0) * radius;
        if (cover <= 0) {
          continue;
        }
        cover = Math.min(1, cover) * opacity;
        float lx = Brush.sample(cells, u, v, 1);
        float ly = Brush.sample(cells, u, v, 2);
        float nx = c * lx - s * ly;
        float ny = s * lx + c * ly;
        float nz = (float) Math.sqrt(Math.max(0, 1 - nx * nx - ny * ny));
        float diffuse = Math.max(0, nx * LX + ny * LY + nz * LZ);
        float light = 0.52f + 0.66f * diffuse;
        light *= 1 - 0.36f * Brush.sample(cells, u, v, 3);
        float shine = Math.max(0, nx * HX + ny * HY + nz * HZ);
        shine *= shine; // to the 32nd power, by squaring
        shine *= shine;
        shine *= shine;
        shine *= shine;
        shine *= shine;
        shine *= 0.42f;
        rgb[at] = blend(rgb[at], red * light, shine, cover);
        rgb[at + 1] = blend(rgb[at + 1], green * light, shine, cover);
        rgb[at + 2] = blend(rgb[at + 2], blue * light, shine, cover);
      }
    }
  }

  private static byte blend(byte under, float paint, float shine, float cover) {
    float lit = Math.min(255, paint);
    lit += (255 - lit) * shine;
    float below = under & 255;
    return (byte) (below + (lit - below) * cover + 0.5f);
  }
}
