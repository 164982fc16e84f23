package io.zoetrope.jobs.store;

import io.zoetrope.jobs.Job;
import io.zoetrope.jobs.JobError;
import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.JobProgress;
import io.zoetrope.jobs.JobState;
import io.zoetrope.pipeline.order.TaskSpec;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.record.Json;
import io.zoetrope.record.RecordReader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** A row of {@link JobTable}, as a job. */
final class JobRow {
  private JobRow() {}

  static Job read(ResultSet row) throws SQLException {
    JobId id = new JobId(row.getString("id"));
    Optional<String> file = Sql.text(row, "result_file");
    return new Job(
        id,
        JobState.of(row.getString("state")),
        VideoOrder.parse(id.text(), row.getString("orders")),
        row.getString("task"),
        new Job.Shape(
            row.getInt("width"),
            row.getInt("height"),
            row.getLong("frames"),
            row.getDouble("fps"),
            row.getInt("steps")),
        new JobProgress(
            Sql.text(row, "phase"),
            row.getInt("percent"),
            row.getInt("step"),
            row.getLong("frame_offset"),
            Sql.real(row, "eta"),
            row.getInt("preview")),
        row.getInt("attempt"),
        Sql.text(row, "error").map(json -> Json.MAPPER.readValue(json, JobError.class)),
        file.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Job.Result(
                    file.get(), row.getLong("result_bytes"), row.getString("result_sha256"))),
        Sql.whole(row, "draft_rows"),
        Sql.text(row, "owner"),
        Sql.text(row, "batch"),
        Sql.text(row, "board"),
        row.getInt("star") != 0,
        row.getString("note"),
        Sql.text(row, "remixed_from").map(JobId::new),
        row.getInt("priority"),
        List.of(Json.MAPPER.readValue(row.getString("notes"), String[].class)),
        Sql.time(row, "created").orElseThrow(),
        Sql.time(row, "started"),
        Sql.time(row, "completed"),
        Optional.empty());
  }

  static String task(VideoOrder order) {
    return RecordReader.kind(TaskSpec.class, order.task().getClass());
  }

  static String json(JobError error) {
    return Json.MAPPER.writeValueAsString(error);
  }
}
