package example;

import io.zoetrope.studio.Format;
import io.zoetrope.studio.Order;
import io.zoetrope.studio.Zoetrope;
import io.zoetrope.error.UserError;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** GET /video?prompt=a+red+ball answers with an MP4. */
@RestController
class VideoController {
  private final Zoetrope model;

  VideoController(Zoetrope model) {
    this.model = model;
  }

  /** Made by Spring's executor, which interrupts it when the request takes too long. */
  @GetMapping("/video")
  ResponseEntity<StreamingResponseBody> video(
      @RequestParam String prompt,
      @RequestParam(defaultValue = "1") long seed,
      @RequestParam(defaultValue = "25") int steps) {
    Order<?> order = model.generate(prompt).seed(seed).steps(steps);
    return ResponseEntity.ok()
        .contentType(MediaType.parseMediaType("video/mp4"))
        .body(out -> order.to(out, Format.MP4));
  }

  /** What a person asked wrongly, in one line, with a code for programs. */
  @ExceptionHandler
  ProblemDetail wrong(UserError error) {
    ProblemDetail problem =
        ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, error.getMessage());
    problem.setProperty("code", error.fault());
    return problem;
  }

  @ExceptionHandler
  ProblemDetail busy(TaskRejectedException error) {
    return ProblemDetail.forStatusAndDetail(
        HttpStatus.SERVICE_UNAVAILABLE, "too many videos wait: try again in a minute");
  }
}
