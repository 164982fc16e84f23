package io.zoetrope.train.method;

import io.zoetrope.train.Objective;
import java.util.SequencedMap;
import org.bytedeco.pytorch.Tensor;

/**
 * A training that can begin.
 *
 * @param parameters by name, outside scopes; those that require gradients are trained
 * @param objective what is minimised
 * @param product what comes of it
 */
public record Prepared(
    SequencedMap<String, Tensor> parameters, Objective objective, Product product) {}
