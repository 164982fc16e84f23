package io.zoetrope.curation.toybox;

import io.zoetrope.curation.cut.Cut;
import io.zoetrope.curation.cut.Cut.Kind;
import io.zoetrope.curation.toybox.Reel.Shot;
import io.zoetrope.data.toybox.Split;
import io.zoetrope.data.toybox.ToyboxLook;
import io.zoetrope.data.toybox.ToyboxLook.Camera;
import io.zoetrope.data.toybox.ToyboxLook.Style;
import io.zoetrope.data.toybox.ToyboxRenderer;
import io.zoetrope.data.toybox.ToyboxScene;
import io.zoetrope.media.Frame;
import io.zoetrope.media.Video;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Films of the toy world, each a pure function of seed and index: 2 to 5 shots of 1.25 to 2.5
 * seconds with hard cuts, dissolves of 6 to 12 frames, fades through black and black stretches
 * between them; in the shots flashes, frozen stretches, moving cameras, and motion at up to three
 * times the usual speed.
 *
 * @param seed of all films
 * @param width pixels across
 * @param height pixels down
 */
public record ReelMaker(long seed, int width, int height) {
  /** Frames per second. */
  public static final double FPS = 24;

  private static final List<Camera> MOVES =
      List.of(Camera.PAN_LEFT, Camera.PAN_UP, Camera.ZOOM_IN, Camera.ROLL);

  /** The film of an index, of scenes that no other film has. */
  public Reel reel(long index) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + index);
    int shots = 2 + random.nextInt(4);
    List<Long> scenes = new ArrayList<>();
    for (int s = 0; s < shots; s++) {
      scenes.add(index * 8 + s);
    }
    return reel(scenes, false, random);
  }

  /**
   * A film of given scenes.
   *
   * @param mirrored whether left and right are exchanged throughout
   */
  public Reel reel(List<Long> scenes, boolean mirrored, SplittableRandom random) {
    List<Frame> film = new ArrayList<>();
    List<Cut> cuts = new ArrayList<>();
    List<Shot> shots = new ArrayList<>();
    for (long scene : scenes) {
      Take take = take(scene, mirrored);
      List<Frame> frames = take.frames();
      int from = film.size();
      if (!film.isEmpty()) {
        join(film, frames, cuts, random);
        from = cuts.getLast().to();
        Shot last = shots.removeLast();
        shots.add(
            new Shot(
                last.scene(),
                last.mirrored(),
                last.from(),
                cuts.getLast().from(),
                last.still(),
                last.flashes()));
      } else {
        film.addAll(frames);
      }
      shots.add(new Shot(scene, mirrored, from, film.size(), take.still(), take.flashes()));
    }
    return new Reel(new Video(film, FPS), cuts, shots);
  }

  private record Take(List<Frame> frames, int still, int flashes) {}

  /** Of a scene alone, so that copies of a shot are copies. */
  private Take take(long index, boolean mirrored) {
    SplittableRandom random = new SplittableRandom(seed ^ 0x5eedL * (index + 1));
    ToyboxScene scene = ToyboxScene.sample(seed, index, Split.TRAIN);
    Camera camera = random.nextInt(5) == 0 ? MOVES.get(random.nextInt(MOVES.size())) : Camera.STILL;
    ToyboxLook look = new ToyboxLook(Style.PLAIN, false, camera);
    int length = 30 + random.nextInt(31);
    double speed = random.nextInt(4) == 0 ? 2 + random.nextDouble() : 1;
    int still = random.nextInt(8) == 0 ? 12 + random.nextInt(13) : 0;
    int frozen = 8 + random.nextInt(12);
    List<Frame> frames = new ArrayList<>();
    for (int k = 0; k < length; k++) {
      int at = still > 0 && k > frozen ? Math.max(frozen, k - still) : k;
      double seconds = Math.min(at * speed / FPS, 2 * ToyboxScene.SECONDS);
      Frame frame = ToyboxRenderer.renderAt(scene, look, width, height, seconds);
      frames.add(mirrored ? mirror(frame) : frame);
    }
    int flashes = random.nextInt(3) == 0 ? 1 + random.nextInt(2) : 0;
    int at = 8 + random.nextInt(length - 16);
    double strength = 0.6 + 0.4 * random.nextDouble();
    for (int k = at; k < at + flashes; k++) {
      frames.set(k, blend(frames.get(k), plain(255), strength));
    }
    return new Take(frames, still, flashes);
  }

  /** Puts a shot behind a film. */
  private void join(List<Frame> film, List<Frame> next, List<Cut> cuts, SplittableRandom random) {
    int end = film.size();
    int what = random.nextInt(10);
    if (what < 5) {
      film.addAll(next);
      cuts.add(new Cut(end, end, Kind.HARD, Set.of()));
    } else if (what < 8) {
      int length = 6 + random.nextInt(7);
      for (int k = 0; k < length; k++) {
        int at = end - length + k;
        film.set(at, blend(film.get(at), next.get(k), (k + 1.0) / (length + 1)));
      }
      film.addAll(next.subList(length, next.size()));
      cuts.add(new Cut(end - length, end, Kind.DISSOLVE, Set.of()));
    } else if (what < 9) {
      int out = 6 + random.nextInt(5);
      int black = 1 + random.nextInt(4);
      int in = 6 + random.nextInt(5);
      for (int k = 0; k < out; k++) {
        int at = end - out + k;
        film.set(at, blend(film.get(at), plain(0), (k + 1.0) / (out + 1)));
      }
      for (int k = 0; k < black; k++) {
        film.add(plain(0));
      }
      for (int k = 0; k < in; k++) {
        film.add(blend(plain(0), next.get(k), (k + 1.0) / (in + 1)));
      }
      film.addAll(next.subList(in, next.size()));
      cuts.add(new Cut(end - out, end + black + in, Kind.BLACK, Set.of()));
    } else {
      int black = 8 + random.nextInt(17);
      for (int k = 0; k < black; k++) {
        film.add(plain(0));
      }
      film.addAll(next);
      cuts.add(new Cut(end, end + black, Kind.BLACK, Set.of()));
    }
  }

  private Frame plain(int level) {
    byte[] rgb = new byte[3 * width * height];
    java.util.Arrays.fill(rgb, (byte) level);
    return new Frame(width, height, rgb);
  }

  private static Frame blend(Frame a, Frame b, double share) {
    byte[] rgb = new byte[a.rgb().length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) Math.round((a.rgb()[i] & 255) * (1 - share) + (b.rgb()[i] & 255) * share);
    }
    return new Frame(a.width(), a.height(), rgb);
  }

  private static Frame mirror(Frame frame) {
    byte[] rgb = new byte[frame.rgb().length];
    int w = frame.width();
    for (int y = 0; y < frame.height(); y++) {
      for (int x = 0; x < w; x++) {
        System.arraycopy(frame.rgb(), 3 * (y * w + x), rgb, 3 * (y * w + w - 1 - x), 3);
      }
    }
    return new Frame(w, frame.height(), rgb);
  }
}
