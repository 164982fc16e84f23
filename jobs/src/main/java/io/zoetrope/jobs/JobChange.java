package io.zoetrope.jobs;

import io.zoetrope.pipeline.order.VideoOrder;
import java.util.Optional;

/**
 * What is to be changed of a job; what is empty stays.
 *
 * @param order another order, while it is queued
 * @param position its place among those that wait, from 1
 * @param board another board; the empty text takes it off
 * @param star whether it has one
 * @param note another note
 */
public record JobChange(
    Optional<VideoOrder> order,
    Optional<Integer> position,
    Optional<String> board,
    Optional<Boolean> star,
    Optional<String> note) {}
