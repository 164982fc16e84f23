package example;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobRequest;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.jobs.JobsException;
import io.zoetrope.pipeline.order.GenerateSpec;
import io.zoetrope.pipeline.order.ModelRef;
import io.zoetrope.pipeline.order.Tuning;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.pipeline.order.Wish;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** POST /queue?prompt=a+red+ball takes an order that outlives a restart. */
@RestController
class QueueController {
  private final Jobs jobs;

  QueueController(Jobs jobs) {
    this.jobs = jobs;
  }

  /** It is kept before this answers. */
  @PostMapping("/queue")
  String order(@RequestParam String prompt, @RequestParam(defaultValue = "25") int steps) {
    VideoOrder order =
        new VideoOrder(
            GenerateSpec.usual(),
            Wish.of(prompt).withSteps(steps),
            ModelRef.of("toybox"),
            Tuning.NONE);
    return jobs.submit(JobRequest.of(order)).id().text();
  }

  /** What has become of it: queued, running, completed, failed, cancelled. */
  @GetMapping("/queue/{id}")
  String state(@PathVariable String id) {
    return jobs.require(new JobId(id)).state().text();
  }

  @GetMapping("/queue/{id}/video")
  ResponseEntity<Resource> video(@PathVariable String id) {
    Job job = jobs.require(new JobId(id));
    if (job.result().isEmpty()) {
      return ResponseEntity.notFound().build();
    }
    return ResponseEntity.ok()
        .contentType(MediaType.parseMediaType("video/mp4"))
        .body(new FileSystemResource(jobs.store().job(job.id()).resolve(job.result().get().file())));
  }

  @ExceptionHandler
  ProblemDetail missing(JobsException error) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, error.getMessage());
  }
}
