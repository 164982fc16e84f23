package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.ToyboxObject.Pose;
import io.zoetrope.media.Video;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A rendered clip with everything that its pixels hide. Pixels are counted row by row from the top
 * left; k is a frame, i an object of the scene.
 *
 * @param scene what was rendered
 * @param video the clip, the same bytes as {@link ToyboxRenderer#render}
 * @param tracks {@code tracks.get(i).get(k)}: pose in world units (see the package)
 * @param masks {@code masks.get(i)[k]}: width * height bytes, 0 to 255, the part of each pixel that
 *     the object covers and nobody in front of it does; what has faded away altogether covers
 *     nothing
 * @param depth {@code depth.get(k)}: object indices from back to front
 * @param flow {@code flow.get(k)}: for k below the last frame, width * height pairs (dx, dy) in
 *     pixels: where the surface seen in frame k is in frame k + 1; the table stands still
 */
public record ToyboxTruth(
    ToyboxScene scene,
    Video video,
    List<List<Pose>> tracks,
    List<byte[][]> masks,
    List<List<Integer>> depth,
    List<float[]> flow) {

  public ToyboxTruth {
    tracks = List.copyOf(tracks);
    masks = List.copyOf(masks);
    depth = List.copyOf(depth);
    flow = List.copyOf(flow);
  }

  /** Renders a scene and keeps its truth. */
  public static ToyboxTruth render(
      ToyboxScene scene, int width, int height, int frames, double fps) {
    Video video = ToyboxRenderer.render(scene, width, height, frames, fps);
    List<List<Pose>> tracks = new ArrayList<>();
    List<byte[][]> masks = new ArrayList<>();
    for (ToyboxObject object : scene.objects()) {
      List<Pose> track = new ArrayList<>();
      for (int k = 0; k < frames; k++) {
        track.add(object.at(k / fps));
      }
      tracks.add(List.copyOf(track));
      masks.add(new byte[frames][]);
    }
    List<List<Integer>> depth = new ArrayList<>();
    List<float[]> flow = new ArrayList<>();
    for (int k = 0; k < frames; k++) {
      int frame = k;
      List<Pose> poses = tracks.stream().map(track -> track.get(frame)).toList();
      List<Integer> order = ToyboxRenderer.backToFront(poses);
      depth.add(List.copyOf(order));
      float[] free = new float[width * height];
      Arrays.fill(free, 1);
      for (int i : order.reversed()) {
        masks.get(i)[k] = mask(scene.objects().get(i), poses.get(i), free, width, height);
      }
      if (k + 1 < frames) {
        float[] field = new float[width * height * 2];
        for (int i = 0; i < tracks.size(); i++) {
          flow(field, masks.get(i)[k], poses.get(i), tracks.get(i).get(k + 1), width, height);
        }
        flow.add(field);
      }
    }
    return new ToyboxTruth(scene, video, tracks, masks, depth, flow);
  }

  /** The object's share of each pixel that is still free; what it takes is free no more. */
  private static byte[] mask(ToyboxObject object, Pose pose, float[] free, int width, int height) {
    byte[] mask = new byte[width * height];
    if (pose.opacity() <= 0) {
      return mask;
    }
    Brush brush = new Brush(width, height, pose, pose.x(), pose.y(), 1.02);
    float[] cells = ShapeTable.of(object.shape()).cells;
    for (int y = brush.top; y < brush.bottom; y++) {
      for (int x = brush.left; x < brush.right; x++) {
        float d = Brush.sample(cells, brush.u(x, y), brush.v(x, y), 0);
        float cover = Math.clamp(0.5f - d * brush.radius, 0, 1);
        int at = y * width + x;
        mask[at] = (byte) (255 * cover * free[at] + 0.5f);
        free[at] *= 1 - cover;
      }
    }
    return mask;
  }

  private static void flow(float[] field, byte[] mask, Pose now, Pose next, int width, int height) {
    double side = Math.min(width, height);
    double turn = next.angle() - now.angle();
    double scale = next.radius() / now.radius();
    double c = scale * Math.cos(turn);
    double s = scale * Math.sin(turn);
    double x0 = (now.x() - 0.5) * side + 0.5 * width;
    double y0 = (now.y() - 0.5) * side + 0.5 * height;
    double x1 = x0 + (next.x() - now.x()) * side;
    double y1 = y0 + (next.y() - now.y()) * side;
    for (int at = 0; at < mask.length; at++) {
      if ((mask[at] & 255) > 127) {
        double dx = at % width + 0.5 - x0;
        double dy = at / width + 0.5 - y0;
        field[2 * at] = (float) (x1 + c * dx - s * dy - x0 - dx);
        field[2 * at + 1] = (float) (y1 + s * dx + c * dy - y0 - dy);
      }
    }
  }
}
