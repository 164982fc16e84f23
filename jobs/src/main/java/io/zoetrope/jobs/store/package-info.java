/** Jobs in a database: one class a table, SQLite or PostgreSQL. */
@NullMarked
package io.zoetrope.jobs.store;

import org.jspecify.annotations.NullMarked;
