package io.zoetrope.bench.same;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import javax.imageio.ImageIO;

/** Short videos by every command that makes one: their latents where it saves them, and pixels. */
final class Videos {
  /** A name and a command line a row; {@code _} is a blank within a word. */
  private static final String TABLE =
      """
      generate              | generate a_red_ball --frames 8 --steps 4
      generate negative     | generate a_red_ball --frames 4 --steps 3 --negative a_blue_box -g 5
      generate f32          | generate a_red_ball --frames 4 --steps 3 --dtype f32
      generate bf16         | generate a_red_ball --frames 4 --steps 3 --dtype bf16
      generate windows      | generate a_red_ball --frames 20 --steps 2 --window 8
      generate free-init    | generate a_red_ball --frames 4 --steps 2 --free-init 2
      generate ancestral    | generate a_red_ball --frames 4 --steps 4 --sampler ancestral
      generate pc           | generate a_red_ball --frames 4 --steps 4 --sampler ancestral-pc
      generate ddim         | generate a_red_ball --frames 4 --steps 4 --sampler ddim
      generate dpm++2m      | generate a_red_ball --frames 4 --steps 4 --sampler dpm++2m
      generate dpm++2m-sde  | generate a_red_ball --frames 4 --steps 4 --sampler dpm++2m-sde
      generate euler        | generate a_red_ball --frames 4 --steps 4 --sampler euler
      generate euler-a      | generate a_red_ball --frames 4 --steps 4 --sampler euler-a
      generate heun         | generate a_red_ball --frames 4 --steps 4 --sampler heun
      generate lcm          | generate a_red_ball --frames 4 --steps 4 --sampler lcm
      animate               | animate {picture} a_red_ball --frames 6 --steps 3
      animate replaced      | animate {picture} a_ball --frames 4 --steps 3 --hold replacement
      animate reconstructed | animate {picture} a_ball --frames 4 --steps 3 --hold reconstruction
      interpolate           | interpolate {picture} {last} --frames 6 --steps 3
      loop                  | loop {picture} a_red_ball --frames 6 --steps 3
      extend                | extend {pictures} a_ball --frames 12 --clip 8 --overlap 3 --steps 3
      restyle               | restyle {pictures} a_blue_box --strength 0.6 --steps 4
      restyle clips         | restyle {pictures} a_blue_box --clip 6 --overlap 2 --steps 3
      refine                | refine {pictures} a_red_ball --steps 3
      refine words          | refine a_red_ball --frames 4 --steps 3 --upscale latents
      travel                | travel {cues} --clip 8 --blend 3 --overlap 2 --steps 3
      travel within         | travel {cues} --clip 8 --blend 3 --turn within --steps 3
      roll                  | roll a_red_ball --frames 20 --clip 8 --context 2 --steps 4
      roll cues             | roll {cues} --frames 14 --clip 8 --context 2 --steps 4
      sd                    | generate a_cat {sd} --frames 1
      sd restyle            | restyle {picture} a_cat {sd} --strength 0.6 --frames 1
      sd zero               | generate a_cat {sd} --frames 4 --method text2video-zero
      motion                | generate a_cat {clip}
      motion ddim           | generate a_cat {clip} --sampler ddim
      motion dpm++2m        | generate a_cat {clip} --sampler dpm++2m
      motion dpm++2m-karras | generate a_cat {clip} --sampler dpm++2m-karras
      motion dpm++2m-sde    | generate a_cat {clip} --sampler dpm++2m-sde
      motion euler          | generate a_cat {clip} --sampler euler
      motion euler-karras   | generate a_cat {clip} --sampler euler-karras
      motion euler-a        | generate a_cat {clip} --sampler euler-a
      motion heun           | generate a_cat {clip} --sampler heun
      motion lcm            | generate a_cat {clip} --sampler lcm
      leading pndm          | generate a_cat {leading} --frames 1 --sampler pndm
      leading ddim          | generate a_cat {leading} --frames 1 --sampler ddim
      motion windows        | generate a_cat {motion} --frames 12 --window 8 --free-noise
      motion free-init      | generate a_cat {clip} --free-init 2
      motion lora           | generate a_cat {clip} --lora {lora}:0.7 --lora {moving}:0.4
      motion animate        | animate {picture} a_cat {clip}
      motion restyle        | restyle {pictures} a_cat {motion} --strength 0.6
      motion control        | generate a_cat {clip} --control {control}:{picture}:0.8
      """;

  private static final String REFERENCE = "core/src/test/resources/reference/animatediff/";

  private static final int SIDE = 128;
  private static final int FRAMES = 8;

  private Videos() {}

  /** Those whose name contains a text, and what they are given. */
  static List<Proof> of(Checkout checkout, String only) throws IOException {
    Path pictures = pictures(checkout.work().resolve("pictures"));
    Path given = checkout.home().resolve(REFERENCE);
    Path model = given.resolve("model");
    List<String> sd = tiny(model);
    List<String> motion = new ArrayList<>(sd);
    motion.addAll(List.of("--motion-adapter", model.resolve("motion_adapter").toString()));
    List<String> clip = new ArrayList<>(motion);
    clip.addAll(List.of("--frames", "5"));
    Map<String, List<String>> several =
        Map.of(
            "{sd}",
            sd,
            "{leading}",
            tiny(leading(model, checkout.work().resolve("leading"))),
            "{motion}",
            motion,
            "{clip}",
            clip,
            "{cues}",
            List.of("--at", "0", "a red ball", "--at", "9", "a box"));
    Map<String, Path> paths =
        Map.of(
            "{pictures}",
            pictures,
            "{picture}",
            pictures.resolve("0.png"),
            "{last}",
            pictures.resolve(FRAMES - 1 + ".png"),
            "{lora}",
            given.resolve("lora.safetensors"),
            "{moving}",
            given.resolve("motion_lora.safetensors"),
            "{control}",
            ControlNet.write(model.resolve("unet"), checkout.work().resolve("control")));
    List<Proof> proofs = new ArrayList<>();
    for (String row : TABLE.lines().toList()) {
      String[] halves = row.split("\\|", 2);
      List<String> words = new ArrayList<>();
      for (String word : halves[1].strip().split(" ")) {
        words.addAll(several.getOrDefault(word, List.of(one(word, paths))));
      }
      if (halves[0].contains(only)) {
        proofs.add(new Video(halves[0].strip(), words));
      }
    }
    return proofs;
  }

  private static List<String> tiny(Path model) {
    return List.of("-m", model.toString(), "--size", "48x64", "--steps", "4", "-g", "3");
  }

  /** The model with another spacing of its timesteps. */
  private static Path leading(Path model, Path copy) throws IOException {
    Files.createDirectories(copy.resolve("scheduler"));
    for (String part : List.of("model_index.json", "text_encoder", "tokenizer", "unet", "vae")) {
      Files.createSymbolicLink(copy.resolve(part), model.resolve(part));
    }
    String config = "scheduler/scheduler_config.json";
    Files.writeString(
        copy.resolve(config),
        Files.readString(model.resolve(config)).replace("linspace", "leading"));
    return copy;
  }

  private static String one(String word, Map<String, Path> paths) {
    String text = word.replace('_', ' ');
    for (Map.Entry<String, Path> path : paths.entrySet()) {
      text = text.replace(path.getKey(), path.getValue().toString());
    }
    return text;
  }

  private record Video(String name, List<String> words) implements Proof {
    @Override
    public SequencedMap<String, String> digests(Checkout checkout)
        throws IOException, InterruptedException {
      Path folder = Files.createDirectory(checkout.work().resolve(name.replace(' ', '-')));
      Path latents = folder.resolve("latents.safetensors");
      List<String> all = new ArrayList<>(words);
      all.addAll(List.of("-q", "-s", "3", "-o", folder + "/frames/"));
      boolean saves = words.getFirst().equals("generate");
      if (saves) {
        all.addAll(List.of("--save-latents", latents.toString()));
      }
      checkout.run(all);
      SequencedMap<String, String> digests = new LinkedHashMap<>();
      if (saves) {
        digests.put("latents", Digests.tensors(latents));
      }
      digests.put("frames", Digests.frames(folder.resolve("frames")));
      return digests;
    }
  }

  /** A disc on its way from the left to the right. */
  private static Path pictures(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < FRAMES; i++) {
      BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
      Graphics2D brush = image.createGraphics();
      brush.setColor(new Color(70, 90, 110));
      brush.fillRect(0, 0, SIDE, SIDE);
      brush.setColor(Color.RED);
      brush.fillOval(10 + 10 * i, 44, 40, 40);
      brush.dispose();
      ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
    }
    return folder;
  }
}
