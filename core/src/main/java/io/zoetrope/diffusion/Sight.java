package io.zoetrope.diffusion;

/** What of a longer video a denoiser sees now, and which prompts its frames follow. */
public interface Sight {
  /** Number of its first frame in the whole video. */
  long first();

  /** The prompts of as many frames as there are. */
  PromptTrack prompts(int frames);

  /** Frames from one on, which follow some prompts. */
  static Sight of(long first, PromptTrack track) {
    return new Sight() {
      @Override
      public long first() {
        return first;
      }

      @Override
      public PromptTrack prompts(int frames) {
        return track;
      }
    };
  }

  /** A whole video, however long, of one prompt. */
  static Sight whole() {
    return new Sight() {
      @Override
      public long first() {
        return 0;
      }

      @Override
      public PromptTrack prompts(int frames) {
        return PromptTrack.single(frames);
      }
    };
  }
}
