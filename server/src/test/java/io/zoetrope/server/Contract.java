package io.zoetrope.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.zoetrope.record.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What {@code openapi.yaml} promises of answers. */
public final class Contract {
  private static final JsonNode DOCUMENT = read();
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private Contract() {}

  private static JsonNode read() {
    try (InputStream in = Contract.class.getResourceAsStream("openapi.yaml")) {
      return new YAMLMapper().readTree(Objects.requireNonNull(in));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The whole of it. */
  public static JsonNode document() {
    return DOCUMENT;
  }

  /**
   * Requires that an answer is as it says.
   *
   * @param path as in the contract, as {@code /api/v1/jobs/{id}}
   * @param method in lower case
   */
  public static void requireAnswer(String path, String method, int status, String body) {
    JsonNode operation = DOCUMENT.path("paths").path(path).path(method);
    assertThat(operation.isObject()).as("the contract has %s %s", method, path).isTrue();
    JsonNode response = operation.path("responses").path(String.valueOf(status));
    response = response.isObject() ? response : operation.path("responses").path("default");
    response = resolved(response);
    JsonNode schema = response.path("content").path("application/json").path("schema");
    if (schema.isMissingNode()) {
      return;
    }
    ObjectNode whole = schema.deepCopy().asObject();
    whole.set("components", DOCUMENT.get("components"));
    var errors = REGISTRY.getSchema(whole).validate(body, InputFormat.JSON);
    assertThat(errors).as("%s %s answers %s: %s", method, path, status, body).isEmpty();
  }

  /**
   * Requires that an answer in JSON is as it says; of others, that the contract knows the path.
   *
   * @param path as it was asked for, with its query
   */
  public static void requireAnswerAt(String path, String method, int status, String body) {
    String plain = path.replaceFirst("\\?.*", "");
    String template =
        DOCUMENT.path("paths").propertyNames().stream()
            .filter(known -> plain.matches(known.replaceAll("\\{\\w+}", "[^/]+")))
            .min(Comparator.comparing(known -> known.contains("{")))
            .orElseThrow(() -> new AssertionError("the contract has no " + plain));
    if (body.startsWith("{")) {
      requireAnswer(template, method, status, body);
    }
  }

  private static JsonNode resolved(JsonNode node) {
    String ref = node.path("$ref").asString("");
    return ref.isEmpty() ? node : DOCUMENT.at(ref.substring(1));
  }

  /** As JSON. */
  public static JsonNode json(String text) {
    return Json.MAPPER.readTree(text);
  }

  /** As JSON. */
  public static String text(Map<String, ?> fields) {
    return Json.MAPPER.writeValueAsString(fields);
  }
}
