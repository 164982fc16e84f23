package io.zoetrope.server.videos;

import io.zoetrope.jobs.JobId;
import io.zoetrope.jobs.Jobs;
import io.zoetrope.record.Json;
import java.util.List;

/** What requests said that changes nothing, kept with the jobs that they began. */
final class Ignored {
  private final Jobs.Shelf shelf;

  Ignored(Jobs jobs) {
    this.shelf = jobs.shelf("ignored");
  }

  void put(JobId job, List<String> names) {
    if (!names.isEmpty()) {
      shelf.put(job.text(), Json.MAPPER.writeValueAsString(names));
    }
  }

  List<String> of(JobId job) {
    return shelf
        .get(job.text())
        .map(json -> List.of(Json.MAPPER.readValue(json, String[].class)))
        .orElse(List.of());
  }

  void remove(JobId job) {
    shelf.remove(job.text());
  }
}
