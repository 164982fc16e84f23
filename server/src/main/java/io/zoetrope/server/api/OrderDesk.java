package io.zoetrope.server.api;

import io.zoetrope.error.UserError;
import io.zoetrope.jobs.PartRef;
import io.zoetrope.pipeline.order.VideoOrder;
import io.zoetrope.server.http.HttpError;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Reads orders of strangers, by a model of the list. That they name no file of this disk is looked
 * after by whoever takes them, the jobs and those who estimate.
 */
final class OrderDesk {
  private final Supplier<Stream<String>> models;
  private final Supplier<Stream<String>> parts;

  /**
   * A desk.
   *
   * @param models names that an order may have
   * @param parts that it may put into a model, as they stand in it
   */
  OrderDesk(Supplier<Stream<String>> models, Supplier<Stream<String>> parts) {
    this.models = models;
    this.parts = parts;
  }

  /**
   * An order.
   *
   * @throws UserError naming the key that is wrong
   * @throws HttpError if its model, or what is put into it, is not of the list
   */
  VideoOrder order(JsonNode node, String what) {
    VideoOrder order = VideoOrder.parse(what, node.toString());
    String model = order.model().name();
    if (models.get().noneMatch(model::equals)) {
      throw HttpError.of(404, "model_not_found", "there is no model '%s' here".formatted(model))
          .about("model");
    }
    for (PartRef part : PartRef.all(order)) {
      if (parts.get().noneMatch(part.text()::equals)) {
        throw HttpError.of(404, "part_not_found", "there is no '%s' here".formatted(part.text()))
            .about("model");
      }
    }
    return order;
  }
}
