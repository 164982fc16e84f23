package io.zoetrope.pixels;

import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.pixels.Skeleton.Person;
import io.zoetrope.torch.Ops;
import io.zoetrope.torch.Scopes;
import io.zoetrope.torch.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * How people stand, by any network that finds their joints in a picture, drawn as ControlNets of
 * the kind "openpose" were shown it. What the network says by the shape of its answer: {@link Says}
 * is the table.
 *
 * @param graph [1, 3, h, w] to joints; borrowed
 */
public record Pose(TensorGraph graph) implements Annotator {
  /** The word for it, and what the names of such controls have in them. */
  public static final String WORD = "pose";

  /** Sides of pictures for networks that take any. */
  private static final long SIDE = 640;

  /** The sides of such pictures are multiples of it. */
  private static final long MULTIPLE = 32;

  /** What stands beside a picture of another aspect, as Ultralytics has it. */
  private static final double GREY = 114 / 255.0;

  /** COCO's joints by the numbers of OpenPose; the neck, 1, is between the shoulders. */
  private static final int[] COCO = {0, -1, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3};

  /** What networks of poses say, and what they want to be shown for it. */
  private enum Says {
    /**
     * YOLO's for poses: [1, 56, N], for each of N boxes its centre, size and score, and x, y and
     * score of COCO's 17 joints, in the pixels of what it is shown: 0..1, in its own aspect, with
     * grey bars.
     */
    BOXES {
      @Override
      Tensor fitted(Tensor x_13HW, long height, long width) {
        double scale = scale(x_13HW, height, width);
        long h = Math.min(height, Math.round(x_13HW.size(2) * scale));
        long w = Math.min(width, Math.round(x_13HW.size(3) * scale));
        Tensor grey = Tensors.full(GREY, 1, 3, height, width);
        grey.narrow(2, 0, h).narrow(3, 0, w).copy_(Resample.to(x_13HW, h, w));
        return grey;
      }

      private double scale(Tensor x_13HW, long height, long width) {
        return Math.min((double) height / x_13HW.size(2), (double) width / x_13HW.size(3));
      }

      @Override
      Person placed(Person person, Tensor x_13HW, long height, long width) {
        double scale = scale(x_13HW, height, width);
        return scaled(person, 1 / scale, 1 / scale);
      }

      @Override
      Tensor shown(Tensor x_13HW) {
        return x_13HW;
      }

      @Override
      List<Person> people(Raster said) {
        return YoloPoses.people(said);
      }
    },
    /** HRNet, ViTPose and the like: [1, 17, h, w], a map for each of COCO's joints; one person. */
    COCO_MAPS {
      @Override
      Tensor shown(Tensor x_13HW) {
        return Depth.Kind.DEPTH_ANYTHING.shown(x_13HW);
      }

      @Override
      List<Person> people(Raster said) {
        return highest(said, 17, 0.3).map(Pose::fromCoco).stream().toList();
      }
    },
    /**
     * OpenPose itself: [1, 18 or 19, h, w], a map for each of its points, and one of what is none;
     * shown blue, green, red, -0.5..0.5. One person.
     */
    OPENPOSE_MAPS {
      @Override
      Tensor shown(Tensor x_13HW) {
        return Ops.add(x_13HW.flip(1), -0.5);
      }

      @Override
      List<Person> people(Raster said) {
        return highest(said, Skeleton.POINTS, 0.1).stream().toList();
      }
    };

    /** A picture as large as the network wants it. */
    Tensor fitted(Tensor x_13HW, long height, long width) {
      return Resample.to(x_13HW, height, width);
    }

    /** Somebody found in such a picture, in pixels of the picture that it was. */
    Person placed(Person person, Tensor x_13HW, long height, long width) {
      return scaled(person, (double) x_13HW.size(3), (double) x_13HW.size(2));
    }

    /** x [1, 3, h, w] 0..1 as the network wants it. */
    abstract Tensor shown(Tensor x_13HW);

    /** People in what it says: by maps, joints are in parts of the sides. */
    abstract List<Person> people(Raster said);

    /** Of an answer by its shape. */
    static Says of(long[] shape) {
      boolean maps = shape.length == 4 && shape[0] == 1;
      if (shape.length == 3 && shape[0] == 1 && (shape[1] == 56 || shape[2] == 56)) {
        return BOXES;
      } else if (maps && shape[1] == 17) {
        return COCO_MAPS;
      } else if (maps && (shape[1] == 18 || shape[1] == 19)) {
        return OPENPOSE_MAPS;
      }
      throw new UserError(
          Fault.UNSUPPORTED,
          "a network of poses says boxes [1, 56, N] or maps [1, 17, 18 or 19, h, w], this one %s"
              .formatted(Arrays.toString(shape)));
    }
  }

  @Override
  public String word() {
    return WORD;
  }

  /**
   * {@inheritDoc}
   *
   * @throws UserError if what the network says is none of what is known, or it finds nobody
   */
  @Override
  public Tensor hints(Tensor x_F3HW) {
    int height = Math.toIntExact(x_F3HW.size(2));
    int width = Math.toIntExact(x_F3HW.size(3));
    TensorGraph.Port port = graph.inputs().getFirst();
    long h = port.at(2) > 0 ? port.at(2) : side(height, Math.max(height, width));
    long w = port.at(3) > 0 ? port.at(3) : side(width, Math.max(height, width));
    // What it wants to be shown is known by what it says.
    Says kind =
        Says.of(Scopes.value(() -> Tensors.shape(graph.run(List.of(Tensors.zeros(1, 3, h, w))))));
    List<Tensor> drawn = new ArrayList<>();
    boolean found = false;
    for (long f = 0; f < x_F3HW.size(0); f++) {
      Tensor frame = x_F3HW.narrow(0, f, 1);
      List<Person> people =
          Scopes.value(() -> {
            Tensor said = graph.run(List.of(kind.shown(kind.fitted(frame, h, w))));
            return kind.people(Raster.of(said.reshape(rows(said))));
          });
      found |= !people.isEmpty();
      List<Person> placed =
          people.stream().map(person -> kind.placed(person, frame, h, w)).toList();
      drawn.add(Tensors.of(Skeleton.draw(placed, width, height), 3, height, width));
    }
    if (!found) {
      throw new UserError(
          Fault.NOT_FOUND, "the network of poses finds nobody in the video", "show it people");
    }
    return Tensors.stack(drawn, 0);
  }

  private static long side(long own, long longer) {
    return Math.max(1, Math.round((double) own * SIDE / longer / MULTIPLE)) * MULTIPLE;
  }

  /** Maps as planes; boxes as one plane of a line for each number. */
  private static long[] rows(Tensor said) {
    if (said.dim() == 4) {
      return new long[] {said.size(1), said.size(2), said.size(3)};
    }
    return new long[] {1, said.size(1), said.size(2)};
  }

  private static Person scaled(Person person, double across, double down) {
    return new Person(
        Arrays.stream(person.x()).map(x -> x * across).toArray(),
        Arrays.stream(person.y()).map(y -> y * down).toArray());
  }

  /** The highest place of each map that is high enough; nobody where there is none. */
  private static Optional<Person> highest(Raster maps, int points, double least) {
    double[] x = new double[points];
    double[] y = new double[points];
    boolean any = false;
    int plane = maps.height() * maps.width();
    for (int p = 0; p < points; p++) {
      int at = p * plane;
      for (int i = p * plane; i < (p + 1) * plane; i++) {
        at = maps.values()[i] > maps.values()[at] ? i : at;
      }
      boolean seen = maps.values()[at] >= least;
      int place = at - p * plane;
      x[p] = seen ? (place % maps.width() + 0.5) / maps.width() : Double.NaN;
      y[p] = seen ? (Math.floorDiv(place, maps.width()) + 0.5) / maps.height() : Double.NaN;
      any |= seen;
    }
    return any ? Optional.of(new Person(x, y)) : Optional.empty();
  }

  /** COCO's 17 joints as the 18 points of OpenPose. */
  static Person fromCoco(Person coco) {
    Person person = Person.unseen();
    for (int i = 0; i < Skeleton.POINTS; i++) {
      if (COCO[i] >= 0) {
        person.x()[i] = coco.x()[COCO[i]];
        person.y()[i] = coco.y()[COCO[i]];
      }
    }
    // The neck is seen where both shoulders are: else one of the two is not a number.
    person.x()[1] = (coco.x()[5] + coco.x()[6]) / 2;
    person.y()[1] = (coco.y()[5] + coco.y()[6]) / 2;
    return person;
  }
}
