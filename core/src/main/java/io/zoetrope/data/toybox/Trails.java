package io.zoetrope.data.toybox;

import io.zoetrope.data.toybox.Blobs.Blob;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Links the patches of successive frames into trails, one for each object. */
final class Trails {
  /** Centres of one object in successive frames are nearer than this, world units. */
  private static final double STEP = 0.3;

  /** A trail may miss this many frames. */
  private static final int GAP = 3;

  /** A patch and the frame that it is in. */
  record Spot(int frame, Blob blob) {}

  private record Link(double cost, List<Spot> trail, Blob blob) {}

  private Trails() {}

  /**
   * @param frames the patches of each frame
   * @return trails that last, by paint seen in all, most first
   */
  static List<List<Spot>> link(List<List<Blob>> frames) {
    List<List<Spot>> trails = new ArrayList<>();
    for (int k = 0; k < frames.size(); k++) {
      List<Link> links = new ArrayList<>();
      for (List<Spot> trail : trails) {
        for (Blob blob : frames.get(k)) {
          double cost = cost(trail, blob, k);
          if (cost < STEP) {
            links.add(new Link(cost, trail, blob));
          }
        }
      }
      links.sort(Comparator.comparingDouble(Link::cost));
      List<Blob> free = new ArrayList<>(frames.get(k));
      List<List<Spot>> taken = new ArrayList<>();
      for (Link link : links) {
        if (containsSame(free, link.blob) && taken.stream().noneMatch(t -> t == link.trail)) {
          free.removeIf(b -> b == link.blob);
          taken.add(link.trail);
          link.trail.add(new Spot(k, link.blob));
        }
      }
      for (Blob blob : free) {
        trails.add(new ArrayList<>(List.of(new Spot(k, blob))));
      }
    }
    trails = join(trails);
    int least = Math.max(2, frames.size() / 4);
    trails.removeIf(trail -> trail.size() < Math.min(least, frames.size()));
    trails.sort(Comparator.comparingLong(Trails::paint).reversed());
    if (!trails.isEmpty()) {
      long most = paint(trails.getFirst());
      trails.removeIf(trail -> paint(trail) < 0.02 * most);
    }
    return trails;
  }

  /** Joins trails of one hue that follow each other in time: an object that was out of sight. */
  private static List<List<Spot>> join(List<List<Spot>> trails) {
    List<List<Spot>> joined = new ArrayList<>();
    for (List<Spot> trail : trails) {
      List<Spot> into = new ArrayList<>();
      for (List<Spot> earlier : joined) {
        if (earlier.getLast().frame() < trail.getFirst().frame()
            && hueGap(earlier, trail) < Math.toRadians(16)) {
          into = earlier;
        }
      }
      if (into.isEmpty()) {
        joined.add(into);
      }
      into.addAll(trail);
    }
    return joined;
  }

  private static double cost(List<Spot> trail, Blob blob, int frame) {
    Spot last = trail.getLast();
    int gap = frame - last.frame();
    if (gap > GAP + 1) {
      return Double.MAX_VALUE;
    }
    double x = last.blob().x();
    double y = last.blob().y();
    double far = Math.hypot(blob.x() - x, blob.y() - y);
    if (trail.size() > 1) { // or on from where it was heading
      Spot before = trail.get(trail.size() - 2);
      double on = (double) gap / (last.frame() - before.frame());
      double px = x + on * (x - before.blob().x());
      double py = y + on * (y - before.blob().y());
      far = Math.min(far, Math.hypot(blob.x() - px, blob.y() - py));
    }
    double hue = ChromaPlane.hueGap(blob.hue(), last.blob().hue());
    double area = Math.abs(Math.log((double) blob.area() / last.blob().area()));
    return far + 0.5 * Math.max(0, hue - 0.15) + 0.04 * area;
  }

  private static double hueGap(List<Spot> a, List<Spot> b) {
    return ChromaPlane.hueGap(hue(a), hue(b));
  }

  /** Hue of a trail, weighted by area. */
  static double hue(List<Spot> trail) {
    double u = 0;
    double v = 0;
    for (Spot spot : trail) {
      u += spot.blob().area() * Math.cos(spot.blob().hue());
      v += spot.blob().area() * Math.sin(spot.blob().hue());
    }
    return ChromaPlane.hue(u, v);
  }

  private static long paint(List<Spot> trail) {
    return trail.stream().mapToLong(s -> s.blob().area()).sum();
  }

  private static boolean containsSame(List<Blob> blobs, Blob blob) {
    return blobs.stream().anyMatch(b -> b == blob);
  }
}
