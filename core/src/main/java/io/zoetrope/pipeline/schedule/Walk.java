package io.zoetrope.pipeline.schedule;

/** Which scheduler of diffusers walks down discrete timesteps as a sampler does. */
public enum Walk {
  DDIM(SchedulerClass.DDIM),
  DDPM(SchedulerClass.DDPM),
  EULER(SchedulerClass.EULER),
  EULER_A(SchedulerClass.EULER_A),
  DPM(SchedulerClass.DPM),
  LCM(SchedulerClass.LCM),
  PNDM(SchedulerClass.PNDM),
  UNCLIP(SchedulerClass.UNCLIP),
  UNIPC(SchedulerClass.UNIPC);

  private final SchedulerClass kind;

  Walk(SchedulerClass kind) {
    this.kind = kind;
  }

  /** The class whose fields say how. */
  SchedulerClass kind() {
    return kind;
  }
}
