package io.zoetrope.train.part;

import io.zoetrope.checkpoint.Provenance;
import io.zoetrope.checkpoint.safetensors.Safetensors;
import io.zoetrope.diffusion.condition.Conditioning;
import io.zoetrope.error.Fault;
import io.zoetrope.error.UserError;
import io.zoetrope.network.text.LearnedWord;
import io.zoetrope.network.text.PromptEncoder;
import io.zoetrope.pipeline.model.VideoModel;
import io.zoetrope.torch.Scopes;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A word that a text encoder learns (Gal et al., "An Image is Worth One Word", 2022): rows behind
 * its table of tokens, which stays as it is. They begin as those of a word that it knows.
 */
final class EmbeddingPart implements BasePart {
  private final PartBlock.Embedding block;
  private final Tensor rows_NW;
  private double scale = 1;

  private EmbeddingPart(PartBlock.Embedding block, Tensor rows_NW) {
    this.block = block;
    this.rows_NW = rows_NW;
  }

  static EmbeddingPart of(PartBlock.Embedding block, VideoModel base) {
    PromptEncoder text =
        base.text()
            .orElseThrow(() -> new UserError(Fault.MISMATCH, "the base has no text encoder"));
    Tensor rows =
        Scopes.tensor(() ->
            Scopes.noGrad(() -> {
              Tensor like_NW = text.vectors(block.like());
              long n = like_NW.size(0);
              if (n != 1 && n != block.vectors()) {
                throw new UserError(
                    Fault.INVALID,
                    "'%s' is %s tokens of the text encoder, '%s' begins as one or as %s"
                        .formatted(block.like(), n, block.word(), block.vectors()),
                    "name another word as like, or take vectors: " + n);
              }
              return like_NW.expand(block.vectors(), -1).to(ScalarType.Float).clone();
            }));
    EmbeddingPart part = new EmbeddingPart(block, Scopes.keep(rows).set_requires_grad(true));
    try {
      PromptEncoder unused = part.reading(text);
      return part;
    } catch (UserError e) {
      part.close();
      throw e;
    }
  }

  private LearnedWord word() {
    return new LearnedWord(block.word(), block.vectors(), () -> rows_NW);
  }

  /** Reads the word where it acts, and its letters where it does not. */
  private final class Reading implements PromptEncoder {
    private final PromptEncoder bare;
    private final PromptEncoder taught;

    Reading(PromptEncoder bare) {
      this.bare = bare;
      this.taught = bare.taught(List.of(word()));
    }

    private PromptEncoder now() {
      return scale == 0 ? bare : taught;
    }

    @Override
    public int width() {
      return bare.width();
    }

    @Override
    public List<Conditioning> conditions(List<List<String>> groups) {
      return now().conditions(groups);
    }

    @Override
    public PromptEncoder taught(List<LearnedWord> words) {
      return new Reading(bare.taught(words));
    }

    @Override
    public List<String> unknownWords(String prompt) {
      return now().unknownWords(prompt);
    }

    @Override
    public Optional<String> unread(String prompt) {
      return now().unread(prompt);
    }

    @Override
    public void close() {}
  }

  @Override
  public PromptEncoder reading(PromptEncoder text) {
    return new Reading(text);
  }

  @Override
  public void requireTold(List<String> captions) {
    String word = block.word().toLowerCase(Locale.ROOT);
    if (captions.stream().noneMatch(told -> told.toLowerCase(Locale.ROOT).contains(word))) {
      throw new UserError(
          Fault.MISMATCH,
          "no caption has '%s', so it would learn nothing".formatted(block.word()),
          "say captions: {templates: [\"a picture of %s\"]}".formatted(block.word()));
    }
  }

  @Override
  public String name() {
    return block.name();
  }

  @Override
  public SequencedMap<String, Tensor> parameters() {
    SequencedMap<String, Tensor> named = new LinkedHashMap<>();
    named.put(block.name() + ".rows", rows_NW);
    return named;
  }

  /** Decay would pull it to no word at all. */
  @Override
  public List<Group> groups() {
    return List.of(new Group("", parameters(), block.rate(), false));
  }

  @Override
  public String line() {
    return "%s: '%s' learns %s of %s numbers, which begin as '%s'"
        .formatted(
            block.name(),
            block.word(),
            block.vectors() == 1 ? "one vector" : block.vectors() + " vectors",
            rows_NW.size(1),
            block.like());
  }

  @Override
  public double rate() {
    return block.rate();
  }

  @Override
  public void act(double scale) {
    PartBlock.requireWhole(block.name(), "a word", scale);
    this.scale = scale;
  }

  @Override
  public List<Path> files(Path folder) {
    return List.of(folder.resolve(block.name() + ".safetensors"));
  }

  @Override
  public void write(Path folder, Map<String, Tensor> values, Provenance origin) {
    Tensor learned = NotFinite.require(values, block.name() + ".rows");
    Map<String, String> header =
        new LinkedHashMap<>(origin.with("kind", "embedding").with("like", block.like()).header());
    header.put("format", "pt");
    Safetensors.write(files(folder).getFirst(), Map.of(block.word(), learned), header);
  }

  @Override
  public void close() {
    Scopes.free(rows_NW);
  }
}
