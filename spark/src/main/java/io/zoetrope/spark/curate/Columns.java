package io.zoetrope.spark.curate;

import io.zoetrope.record.Json;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Records as rows: a column for each component, lists as JSON in one. */
final class Columns {
  private static final Map<Class<?>, DataType> TYPES =
      Map.of(
          String.class, DataTypes.StringType,
          int.class, DataTypes.IntegerType,
          long.class, DataTypes.LongType,
          double.class, DataTypes.DoubleType,
          boolean.class, DataTypes.BooleanType,
          Optional.class, DataTypes.DoubleType);

  private Columns() {}

  /** The columns of a record. */
  static StructType of(Class<? extends Record> type) {
    List<StructField> fields = new ArrayList<>();
    for (RecordComponent c : type.getRecordComponents()) {
      fields.add(
          new StructField(
              c.getName(),
              TYPES.getOrDefault(c.getType(), DataTypes.StringType),
              true,
              Metadata.empty()));
    }
    return new StructType(fields.toArray(StructField[]::new));
  }

  /** A row of a record that is written as JSON. */
  static Row row(StructType columns, String json) {
    JsonNode node = Json.MAPPER.readTree(json);
    Object[] values = new Object[columns.fields().length];
    for (int i = 0; i < values.length; i++) {
      StructField field = columns.fields()[i];
      JsonNode value = node.path(field.name());
      if (!value.isMissingNode() && !value.isNull()) {
        values[i] = value(field.dataType(), value);
      }
    }
    return RowFactory.create(values);
  }

  private static Object value(DataType type, JsonNode value) {
    if (type.equals(DataTypes.IntegerType)) {
      return value.intValue();
    }
    if (type.equals(DataTypes.LongType)) {
      return value.longValue();
    }
    if (type.equals(DataTypes.DoubleType)) {
      return value.doubleValue();
    }
    if (type.equals(DataTypes.BooleanType)) {
      return value.booleanValue();
    }
    return value.isString() ? value.stringValue() : value.toString();
  }

  /** The record of a row. */
  static <R extends Record> R record(Class<R> type, Row row) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    for (RecordComponent c : type.getRecordComponents()) {
      int at = row.fieldIndex(c.getName());
      if (row.isNullAt(at)) {
        node.putNull(c.getName());
      } else if (c.getType() == List.class) {
        node.set(c.getName(), Json.MAPPER.readTree(row.getString(at)));
      } else {
        node.set(c.getName(), Json.MAPPER.valueToTree(row.get(at)));
      }
    }
    return Json.MAPPER.treeToValue(node, type);
  }
}
