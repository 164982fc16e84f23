package io.zoetrope.studio;

/** How noise becomes a video, step by step. A model brings one that it is best with. */
public enum Sampler {
  /** Ancestral sampling (Ho et al. 2020): new noise at each step. */
  ANCESTRAL("ancestral"),
  /** Ancestral sampling with corrector steps (Song et al. 2021). */
  ANCESTRAL_PC("ancestral-pc"),
  /** DDIM (Song et al. 2021), without new noise. */
  DDIM("ddim"),
  /** Ancestral sampling by the steps of the training (Ho et al. 2020). */
  DDPM("ddpm"),
  /** DPM-Solver++(2M) (Lu et al. 2022). */
  DPM_2M("dpm++2m"),
  /** The same over the noise levels of Karras et al. 2022. */
  DPM_2M_KARRAS("dpm++2m-karras"),
  /** DPM-Solver++(2M) with new noise at each step. */
  DPM_2M_SDE("dpm++2m-sde"),
  /** The same over the noise levels of Karras et al. 2022. */
  DPM_2M_SDE_KARRAS("dpm++2m-sde-karras"),
  /** Euler's method. */
  EULER("euler"),
  /** Euler's method with new noise at each step. */
  EULER_A("euler-a"),
  /** Euler's method over the noise levels of Karras et al. 2022. */
  EULER_KARRAS("euler-karras"),
  /** Euler's method for models of flows. */
  FLOW_EULER("flow-euler"),
  /** Heun's method: two looks of the network a step. */
  HEUN("heun"),
  /** For latent consistency models (Luo et al. 2023): 4 to 8 steps. */
  LCM("lcm"),
  /** Pseudo numerical methods (Liu et al. 2022). */
  PNDM("pndm"),
  /**
   * Ancestral sampling from the last level to the first, as of unCLIP's prior (Ramesh et al. 2022).
   */
  UNCLIP("unclip"),

  /** UniPC (Zhao et al. 2023): each step is corrected by the next answer. */
  UNIPC("unipc"),

  /** The same with Karras's spacing of noise. */
  UNIPC_KARRAS("unipc-karras");

  private final String id;

  Sampler(String id) {
    this.id = id;
  }

  /** As orders and files call it. */
  String id() {
    return id;
  }
}
