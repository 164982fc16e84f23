/**
 * {@code /api/v1}: the page's own interface, which others may use as well. Its contract is {@code
 * openapi.yaml} among the resources.
 */
@NullMarked
package io.zoetrope.server.api;

import org.jspecify.annotations.NullMarked;
