package io.zoetrope.error;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a person can do about an error: words, and slots for what each door has its own name for.
 * The library says "the sampler ddim", a command line {@code --sampler ddim}, a page perhaps a
 * button.
 *
 * @param parts in reading order, with the blanks that belong between them
 */
public record Mend(List<Part> parts) implements Serializable {
  /** Nothing that is known to help. */
  public static final Mend NONE = new Mend(List.of());

  /** A piece of the sentence. */
  public sealed interface Part extends Serializable {}

  /** The same at every door. */
  public record Words(String text) implements Part {}

  /** What a door may word in its own way. */
  public sealed interface Slot extends Part {
    /** Its words where nobody has better ones. */
    String plain();
  }

  /**
   * A setting.
   *
   * @param value that it should have; empty if there is no particular one
   */
  public record Turn(Knob knob, String value) implements Slot {
    @Override
    public String plain() {
      return value.isEmpty() ? knob.plain : knob.plain + " " + value;
    }
  }

  /**
   * Something to be done apart.
   *
   * @param object of it; empty if it has none
   */
  public record Act(Deed deed, String object) implements Slot {
    @Override
    public String plain() {
      return object.isEmpty() ? deed.plain : deed.plain + " " + object;
    }
  }

  /** Settings that errors speak of. */
  public enum Knob {
    SAMPLER("the sampler"),
    STEPS("steps:"),
    GUIDANCE("the guidance"),
    /** Its branches one after the other. */
    GUIDANCE_APART("guidance apart"),
    PRECISION("the precision"),
    TOKENIZER("the tokenizer"),
    TEXT_ENCODER("the text encoder"),
    VAE("the autoencoder"),
    /** What reads pictures for an IP-Adapter. */
    IMAGE_ENCODER("the image encoder"),
    IP_ADAPTER("an IP-Adapter"),
    PICTURE("a picture"),
    MOTION_ADAPTER("a motion adapter"),
    /** A network of depth for what controls are shown. */
    DEPTH_MODEL("a network of depth"),
    /** A network of poses for them. */
    POSE_MODEL("a network of poses"),
    /** Windows over a long clip. */
    WINDOW("a window of"),
    /** Noise and attention for clips longer than the training's. */
    FREE_NOISE("free noise"),
    /** Patterns of files of the hub that are taken besides those that a model needs. */
    INCLUDED("an inclusion"),
    /** Patterns of files of the hub that are not taken. */
    EXCLUDED("an exclusion"),
    /** Going on with a training run. */
    RESUMING("resuming");

    private final String plain;

    Knob(String plain) {
      this.plain = plain;
    }
  }

  /** Things to do that errors speak of. */
  public enum Deed {
    /** Download a model of the hub. */
    FETCH("fetch"),
    LIST_MODELS("look at the models that are there"),
    /** Look into a file. */
    INSPECT("look at what it has"),
    /** Make a single picture. */
    ONE_FRAME("make one frame"),
    /** Make a video of a picture. */
    ANIMATE("animate it"),
    /** Let Java take more memory for itself. */
    MORE_HEAP("give Java more by -Xmx"),
    /** Bring what runs networks in files of ONNX. */
    ADD_ONNX("add the dependency io.zoetrope:zoetrope-onnx");

    private final String plain;

    Deed(String plain) {
      this.plain = plain;
    }
  }

  public Mend {
    parts = List.copyOf(parts);
  }

  /** Words alone. */
  public static Mend of(String words) {
    return NONE.and(words);
  }

  public Mend and(String words) {
    return words.isEmpty() ? this : with(new Words(words));
  }

  public Mend and(Knob knob) {
    return and(knob, "");
  }

  public Mend and(Knob knob, String value) {
    return with(new Turn(knob, value));
  }

  public Mend and(Deed deed) {
    return and(deed, "");
  }

  public Mend and(Deed deed, String object) {
    return with(new Act(deed, object));
  }

  public Mend and(Mend other) {
    Mend both = this;
    for (Part part : other.parts) {
      both = both.with(part);
    }
    return both;
  }

  private Mend with(Part part) {
    List<Part> longer = new ArrayList<>(parts);
    longer.add(part);
    return new Mend(longer);
  }

  public boolean isNone() {
    return parts.isEmpty();
  }

  /** The sentence as the library words it. */
  public String text() {
    return text(Slot::plain);
  }

  /**
   * The sentence.
   *
   * @param wording of the slots
   */
  public String text(Function<Slot, String> wording) {
    return parts.stream()
        .map(part ->
            switch (part) {
              case Words words -> words.text();
              case Slot slot -> wording.apply(slot);
            })
        .collect(Collectors.joining());
  }
}
