package io.zoetrope.curation.table;

import java.util.Optional;

/**
 * What a measure says of a clip. Each measure has a table of its own.
 *
 * @param clip its key
 * @param version of the measure
 * @param value a number; empty where it has none
 * @param text what is not a number; may be empty
 * @param reason why there is neither, if something went wrong
 * @param took seconds, without decoding
 */
public record ScoreRow(
    String clip, String version, Optional<Double> value, String text, String reason, double took) {}
