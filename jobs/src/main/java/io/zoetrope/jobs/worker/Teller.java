package io.zoetrope.jobs.worker;

/** Whom an attempt tells how it goes. */
@FunctionalInterface
interface Teller {
  void tell(Tell tell);
}
