package io.zoetrope.jobs.queue;

import io.zoetrope.jobs.JobRequest;
import io.zoetrope.pipeline.order.VideoOrder;
import java.util.Optional;

/** Orders and requests of tests. */
final class Orders {
  private Orders() {}

  static VideoOrder order(String prompt) {
    return VideoOrder.parse(
        "test",
        """
        {"task": {"kind": "generate"}, "wish": {"prompts": ["%s"]}, "model": {"name": "toybox"}}
        """
            .formatted(prompt));
  }

  static VideoOrder animate(String image) {
    return VideoOrder.parse(
        "test",
        """
        {"task": {"kind": "animate", "image": {"path": "%s"}}, "model": {"name": "toybox"}}
        """
            .formatted(image));
  }

  static JobRequest request(String prompt) {
    return JobRequest.of(order(prompt));
  }

  static JobRequest request(String prompt, String owner, int priority) {
    return new JobRequest(
        order(prompt),
        Optional.of(owner),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        priority,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  static JobRequest keyed(String prompt, String key, String fingerprint) {
    return new JobRequest(
        order(prompt),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.of(key),
        Optional.of(fingerprint),
        Optional.empty());
  }

  static JobRequest draft(String prompt, int rows) {
    return new JobRequest(
        order(prompt),
        Optional.empty(),
        Optional.of(rows),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
