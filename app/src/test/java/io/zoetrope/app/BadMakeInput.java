package io.zoetrope.app;

import static io.zoetrope.app.BadInputTest.FAILED;
import static io.zoetrope.app.BadInputTest.USAGE;
import static io.zoetrope.app.BadInputTest.row;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * Bad input of the commands that make videos from something, as far as it shows without a model.
 */
final class BadMakeInput {
  private BadMakeInput() {}

  static Stream<Arguments> rows() {
    return Stream.of(
        // Pictures and videos to begin with.
        row(USAGE, "missing required parameter: 'IMAGE'", "animate"),
        row(USAGE, "IMAGE is empty: name a file", "animate", ""),
        row(FAILED, "there is no file", "animate", "nothing.png"),
        row(FAILED, "is not a video or picture", "animate", "a-file"),
        row(FAILED, "has no pictures", "animate", "empty-folder"),
        row(FAILED, "1x1 pixels, too few to show anything", "animate", "dot.png"),
        row(FAILED, "is a video, where a picture is needed", "animate", "clip.mp4"),
        row(FAILED, "cut.png", "animate", "cut.png"),
        row(USAGE, "animate needs at least 2 frames", "animate", "good.png", "--frames", "1"),
        row(USAGE, "--noise: '1.5' is out of range", "animate", "good.png", "--noise", "1.5"),
        row(
            USAGE,
            "expected one of [crop, pad, stretch]",
            "animate",
            "good.png",
            "--fit",
            "squeeze"),
        row(USAGE, "PROMPT is 3000 characters long", "animate", "good.png", "x".repeat(3000)),
        row(USAGE, "--weight goes with --hold", "animate", "good.png", "--weight", "3"),
        row(FAILED, "there is no model 'nobody'", "animate", "good.png", "-m", "nobody"),
        row(USAGE, "'x' is no scale", "animate", "good.png", "--lora", "a.safetensors:x"),
        row(USAGE, "'nan' is no scale", "animate", "good.png", "--lora", "a.safetensors:nan"),
        row(USAGE, "'101' is no scale", "animate", "good.png", "--lora", "a.safetensors:101"),
        row(USAGE, "--lora '' names no file", "animate", "good.png", "--lora", ""),
        row(
            FAILED,
            "--motion-adapter: there is no",
            "animate",
            "good.png",
            "--motion-adapter",
            "no"),
        row(USAGE, "needs the adapter", "animate", "good.png", "--picture-prompt", "good.png"),
        row(USAGE, "without a picture", "animate", "good.png", "--ip-adapter", "a.safetensors"),
        row(USAGE, "without a picture", "animate", "good.png", "--picture-scale", "1"),
        row(USAGE, "without a picture", "animate", "good.png", "--image-encoder", "a"),
        picture(USAGE, "0 to 10, not 11", "good.png", "--picture-scale", "11"),
        picture(USAGE, "0 to 10, not NaN", "good.png", "--picture-scale", "NaN"),
        picture(USAGE, "say of each picture", "good.png", "--picture-prompt", "4:good.png"),
        picture(USAGE, "4 does not come after 4", "4:good.png", "--picture-prompt", "4:good.png"),
        picture(USAGE, "no frame 9999999", "9999999:good.png"),
        picture(USAGE, "--picture-prompt is empty", ""),
        picture(FAILED, "--ip-adapter: there is no", "good.png", "--ip-adapter", "no"),
        row(USAGE, "--window: '0' is out of range", "animate", "good.png", "--window", "0"),
        row(USAGE, "--free-init: '21' is out of range", "animate", "good.png", "--free-init", "21"),
        row(USAGE, "--clip-skip: '12' is out of range", "animate", "good.png", "--clip-skip", "12"),
        row(USAGE, "missing required parameter: 'LAST'", "interpolate", "good.png"),
        row(FAILED, "there is no file", "interpolate", "good.png", "nothing.png"),
        row(FAILED, "too few to show anything", "interpolate", "dot.png", "good.png"),
        row(FAILED, "is a video, where a picture", "interpolate", "good.png", "clip.mp4"),
        row(
            USAGE,
            "interpolate needs at least 3 frames, not 2",
            "interpolate",
            "good.png",
            "good.png",
            "--frames",
            "2"),
        row(FAILED, "is a video, where a picture is needed", "loop", "clip.mp4"),
        row(USAGE, "loop needs at least 2 frames", "loop", "good.png", "--frames", "1"),
        row(FAILED, "there are no frames in", "loop", "no-frames.gif"),
        row(USAGE, "missing required parameter: 'VIDEO'", "extend"),
        row(FAILED, "there are no frames in", "extend", "no-frames.y4m"),
        row(FAILED, "is one picture: 'zoetrope animate'", "extend", "good.png"),
        row(FAILED, "cut off", "extend", "cut.mp4"),
        row(FAILED, "is not a video or picture", "extend", "a-file"),
        row(USAGE, "--frames: '0' is out of range", "extend", "clip.mp4", "--frames", "0"),
        row(USAGE, "--overlap: '0' is out of range", "extend", "clip.mp4", "--overlap", "0"),
        row(USAGE, "--start: '-1' is out of range", "extend", "clip.mp4", "--start", "-1"),
        row(USAGE, "the prompt is empty", "restyle", "clip.mp4"),
        row(USAGE, "the prompt is empty", "restyle", "clip.mp4", " "),
        row(
            USAGE,
            "--strength: '0' is out of range",
            "restyle",
            "clip.mp4",
            "x",
            "--strength",
            "0"),
        row(
            USAGE,
            "--strength: '2' is out of range",
            "restyle",
            "clip.mp4",
            "x",
            "--strength",
            "2"),
        row(FAILED, "there are no frames in", "restyle", "no-frames.y4m", "x"),
        row(FAILED, "too few to show anything", "restyle", "dot.png", "x"),
        row(
            USAGE,
            "unknown option '--promt': the prompt stands without an option, as in: generate \"a red",
            "generate",
            "--promt",
            "a ball"),
        row(USAGE, "the prompt stands without an option", "refine", "--prompt", "a ball"),
        row(USAGE, "missing required parameter: 'VIDEO|PROMPT", "refine"),
        row(USAGE, "the prompt is empty", "refine", ""),
        row(FAILED, "there is no file", "refine", "nothing.mp4"),
        row(FAILED, "is not a video or picture", "refine", "a-file"),
        row(USAGE, "--scale: '0.5' is out of range", "refine", "clip.mp4", "--scale", "0.5"),
        row(
            USAGE,
            "--scale and --size both say how large",
            "refine",
            "clip.mp4",
            "--scale",
            "2",
            "--size",
            "64x64"),
        row(FAILED, "there is no model 'nobody'", "refine", "a ball", "-m", "nobody"),

        // What files remember.
        row(USAGE, "missing required parameter: 'FILE'", "again"),
        row(USAGE, "FILE is empty: name a file", "again", ""),
        row(FAILED, "no-such.mp4", "again", "no-such.mp4"),
        row(FAILED, "a-file", "again", "a-file"),
        row(FAILED, "does not say from which order it was made", "again", "clip.mp4"),
        row(FAILED, "does not say from which order it was made", "again", "good.png"),
        row(USAGE, "'-1' is no seed", "again", "clip.mp4", "--seed", "-1"),
        row(USAGE, "unknown option '--noise'", "again", "clip.mp4", "--noise", "1"),

        // Prompts that change.
        row(USAGE, "there are no prompts: say zoetrope travel --at 0", "travel"),
        row(USAGE, "unexpected argument 'a ball'", "travel", "a ball"),
        row(USAGE, "'b' is no number of a frame", "travel", "--at", "0", "a", "--at", "b", "c"),
        row(USAGE, "'-4' is no number of a frame", "travel", "--at", "0", "a", "--at", "-4", "b"),
        row(USAGE, "sets in at frame 0, not 5", "travel", "--at", "5", "a"),
        row(USAGE, "one after another", "travel", "--at", "0", "a", "--at", "0", "b"),
        row(
            USAGE,
            "one after another",
            "travel",
            "--at",
            "0",
            "a",
            "--at",
            "24",
            "b",
            "--at",
            "12",
            "c"),
        row(USAGE, "nearer than the 4 frames", "travel", "--at", "0", "a", "--at", "1", "b"),
        row(USAGE, "the prompt is empty", "travel", "--at", "0", ""),
        row(
            USAGE,
            "--frames 20 ends before the prompt at frame 24",
            "travel",
            "--at",
            "0",
            "a",
            "--at",
            "24",
            "b",
            "--frames",
            "20"),
        row(USAGE, "--at", "travel", "--at", "0"),
        row(USAGE, "--blend: '-1' is out of range", "travel", "--at", "0", "a", "--blend", "-1"),
        row(USAGE, "the prompt is empty", "roll"),
        row(USAGE, "by itself or with --at, not both", "roll", "a", "--at", "0", "b"),
        row(USAGE, "--frames: '0' is out of range", "roll", "a", "--frames", "0"),
        row(FAILED, "there is no model 'nobody'", "roll", "a", "-m", "nobody"),
        row(USAGE, "--free-init makes whole clips again", "roll", "a", "--free-init", "2"),
        row(USAGE, "--free-noise is about the noise of whole clips", "roll", "a", "--free-noise"),

        // Noise, latents, controls, and video by models of single pictures.
        row(
            FAILED,
            "there is no file 'no.safetensors'",
            "generate",
            "x",
            "--noise",
            "no.safetensors"),
        row(FAILED, "there is no file 'no'", "generate", "x", "--noise", "no:fchw"),
        row(USAGE, "--noise is empty", "generate", "x", "--noise", ""),
        row(USAGE, "must end in .safetensors", "generate", "x", "--save-latents", "x.png"),
        row(USAGE, "--method 'magic' is none", "generate", "x", "--method", "magic"),
        row(USAGE, "--motion-field goes with", "generate", "x", "--motion-field", "1,2"),
        row(USAGE, "--moments goes with", "generate", "x", "--moments", "1,2"),
        row(USAGE, "--foreground goes with", "generate", "x", "--foreground", "good.png"),
        zero(USAGE, "'12' is no pair of numbers", "--motion-field", "12"),
        zero(USAGE, "'12,nan' is no pair of numbers", "--motion-field", "12,nan"),
        zero(USAGE, "'1.5,2' are two whole numbers", "--moments", "1.5,2"),
        zero(USAGE, "'4,4': T1 is above T0", "--moments", "4,4"),
        zero(FAILED, "there is no file", "--foreground", "no.png"),
        zero(USAGE, "leave one out", "--plan", "plain.json"),
        zero(USAGE, "--free-init makes whole clips again", "--free-init", "2"),
        row(USAGE, "say a folder, what it is shown", "generate", "x", "--control", "net"),
        row(USAGE, "'loud' is no scale", "generate", "x", "--control", "net:good.png:loud"),
        row(USAGE, "frames after @ rise", "generate", "x", "--control", "net:good.png@3,3"),
        row(FAILED, "there is no file", "generate", "x", "--control", "net:no.png"),
        row(FAILED, "there is no file", "restyle", "clip.mp4", "x", "--control", "net:no.png"),

        // Plans.
        row(FAILED, "there is no file 'no.json'", "generate", "a ball", "--plan", "no.json"),
        row(FAILED, "is a folder", "generate", "a ball", "--plan", "empty-folder"),
        row(FAILED, "a-file: this is no timestep plan", "generate", "a ball", "--plan", "a-file"),
        row(FAILED, "row 1 has 1 frames", "generate", "a ball", "--plan", "ragged.json"),
        row(FAILED, "row 1, frame 0", "generate", "a ball", "--plan", "outside.json"),
        row(FAILED, "wants frame 0 given", "generate", "a ball", "--plan", "given.json"),
        row(FAILED, "marks no frame as given", "animate", "good.png", "--plan", "plain.json"),
        row(FAILED, "marks no frame as given", "restyle", "clip.mp4", "x", "--plan", "plain.json"),
        row(
            FAILED,
            "has weights for 1 prompts, and 2 are given",
            "travel",
            "--at",
            "0",
            "a",
            "--at",
            "9",
            "b",
            "--plan",
            "plain.json"),
        row(
            USAGE,
            "--frames 7, but the plan 'plain.json' has 2: leave --frames out",
            "generate",
            "a ball",
            "--plan",
            "plain.json",
            "--frames",
            "7"),
        row(
            USAGE,
            "--steps 9, but the plan 'plain.json' has 1",
            "generate",
            "a ball",
            "--plan",
            "plain.json",
            "--steps",
            "9"),
        row(FAILED, "row 1 has 1 frames", "plan", "ragged.json"),
        row(USAGE, "--png 'x.jpg' must end in .png", "plan", "animate", "--png", "x.jpg"),
        row(USAGE, "--gif 'x.mp4' must end in .gif", "plan", "animate", "a", "--gif", "x.mp4"),
        row(USAGE, "--save 'x.txt' must end in .json", "plan", "animate", "--save", "x.txt"),
        row(USAGE, "the prompt is empty", "plan", "animate", "--gif", "x.gif"),
        row(USAGE, "'a ball' is for --gif", "plan", "animate", "a ball"),
        row(USAGE, "blends 2 prompts", "plan", "travel", "a ball", "--gif", "x.gif"),
        row(
            FAILED,
            "there is no file",
            "plan",
            "loop",
            "a",
            "--gif",
            "x.gif",
            "--source",
            "no.png"),
        row(FAILED, "no-such-folder", "plan", "animate", "--png", "no-such-folder/x.png"),
        row(FAILED, "no-such-folder", "plan", "animate", "--save", "no-such-folder/x.json"));
  }

  private static Arguments zero(int code, String words, String option, String value) {
    return row(code, words, "generate", "x", "--method", "text2video-zero", option, value);
  }

  /** With a picture that a video is to be like, and a file as the adapter that it needs. */
  private static Arguments picture(int code, String words, String shown, String... more) {
    List<String> all = new ArrayList<>(List.of("animate", "good.png", "--picture-prompt", shown));
    if (!List.of(more).contains("--ip-adapter")) {
      all.addAll(List.of("--ip-adapter", "a-file"));
    }
    all.addAll(List.of(more));
    return row(code, words, all.toArray(String[]::new));
  }
}
