package io.zoetrope.spark.latents;

import io.zoetrope.train.latents.LatentRow;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an index as Spark has them, while they are made: with two columns more, {@link
 * #PROBLEM} of a clip that has no latents and {@link #FRESH} of one that was encoded just now.
 */
final class Columns {
  static final String PROBLEM = "problem";
  static final String FRESH = "fresh";

  private static final Map<Class<?>, DataType> TYPES =
      Map.of(
          long.class, DataTypes.LongType,
          int.class, DataTypes.IntegerType,
          double.class, DataTypes.DoubleType,
          String.class, DataTypes.StringType);

  private Columns() {}

  /** Names and types. */
  static StructType schema() {
    List<StructField> fields = new ArrayList<>();
    for (RecordComponent c : LatentRow.class.getRecordComponents()) {
      fields.add(DataTypes.createStructField(c.getName(), TYPES.get(c.getType()), true));
    }
    fields.add(DataTypes.createStructField(PROBLEM, DataTypes.StringType, true));
    fields.add(DataTypes.createStructField(FRESH, DataTypes.BooleanType, false));
    return DataTypes.createStructType(fields);
  }

  static Row row(LatentRow row, boolean fresh) {
    List<@Nullable Object> cells = new ArrayList<>(row.cells().values());
    cells.add(null);
    cells.add(fresh);
    return RowFactory.create(cells.toArray());
  }

  /** Of a clip that cannot be read. */
  static Row row(long number, String caption, String problem) {
    List<@Nullable Object> cells = new ArrayList<>();
    for (String column : LatentRow.COLUMNS) {
      cells.add(
          switch (column) {
            case "number" -> number;
            case "caption" -> caption;
            default -> null;
          });
    }
    cells.add(problem);
    cells.add(false);
    return RowFactory.create(cells.toArray());
  }
}
