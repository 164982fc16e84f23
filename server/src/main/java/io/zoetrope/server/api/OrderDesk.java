package io.zoetrope.server.api;

import io.zoetrope.error.UserError;
import io.zoetrope.jobs.InputRef;
import io.zoetrope.pipeline.order.SourceRef;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.record.Records;
import io.zoetrope.server.http.HttpError;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Reads orders of strangers: what they name is uploaded bytes, results and models of the list, and
 * never a place on this disk.
 */
final class OrderDesk {
  private final Supplier<Stream<String>> models;

  /**
   * A desk.
   *
   * @param models names that an order may have
   */
  OrderDesk(Supplier<Stream<String>> models) {
    this.models = models;
  }

  /**
   * An order.
   *
   * @throws UserError naming the key that is wrong
   * @throws HttpError if it names what it may not
   */
  VideoOrder order(JsonNode node, String what) {
    VideoOrder order = VideoOrder.parse(what, node.toString());
    String model = order.model().name();
    if (models.get().noneMatch(model::equals)) {
      throw HttpError.of(404, "model_not_found", "there is no model '%s' here".formatted(model))
          .about("model");
    }
    Optional<String> stranger =
        Stream.concat(
                Records.all(order, SourceRef.class).stream().map(SourceRef::path),
                Records.all(order, Path.class).stream().map(Path::toString))
            .filter(text -> InputRef.tryParse(text).isEmpty())
            .findFirst();
    if (stranger.isPresent()) {
      throw HttpError.invalid(
          "order",
          "files are named by their hash here, as input:SHA256 or job:ID: upload it first to"
              + " /api/v1/inputs");
    }
    return order;
  }
}
