// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which subjects a user may publish to, or subscribe to.
 *
 * <p>An entry for subscriptions may be {@code "subject queue"}: it then speaks only of queue
 * subscriptions of that queue; the queue may hold wildcards.
 *
 * @param allow what is allowed; null allows all, an empty list nothing
 * @param deny what is not, even if {@code allow} names it
 */
public record SubjectPermissions(@Nullable List<String> allow, List<String> deny) {

  /** Everything is allowed. */
  public static final SubjectPermissions ALL = new SubjectPermissions(null, List.of());

  public SubjectPermissions {
    allow = allow == null ? null : List.copyOf(allow);
    deny = List.copyOf(deny);
  }
}
