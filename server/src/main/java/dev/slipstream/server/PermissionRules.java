// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.server.config.Permissions;
import dev.slipstream.server.config.ResponsePermission;
import dev.slipstream.server.config.SubjectPermissions;
import org.jspecify.annotations.Nullable;

/**
 * The permissions of a user, made ready for being asked with every message. Immutable; shared by
 * all connections of the user.
 *
 * <p>A deny wins over an allow. An absent allow list allows everything; for publishing an empty one
 * allows nothing, for subscribing it counts as absent, as in the public server.
 */
final class PermissionRules {
  private final Permissions source;
  private final @Nullable SubjectSet publishAllowed;
  private final @Nullable SubjectSet publishDenied;
  private final @Nullable SubjectSet subscribeAllowed;
  private final @Nullable SubjectSet subscribeDenied;

  PermissionRules(Permissions source) {
    this.source = source;
    SubjectPermissions publish = source.publish();
    SubjectPermissions subscribe = source.subscribe();
    publishAllowed = publish.allow() == null ? null : new SubjectSet(publish.allow());
    publishDenied = publish.deny().isEmpty() ? null : new SubjectSet(publish.deny());
    subscribeAllowed =
        subscribe.allow() == null || subscribe.allow().isEmpty()
            ? null
            : new SubjectSet(subscribe.allow());
    subscribeDenied = subscribe.deny().isEmpty() ? null : new SubjectSet(subscribe.deny());
  }

  /** The permissions as configured. */
  Permissions source() {
    return source;
  }

  /** Leave to answer requests, or null. */
  @Nullable ResponsePermission responses() {
    return source.responses();
  }

  /** Whether lists allow a publish; leave to answer requests is not looked at. */
  boolean mayPublish(byte[] bytes, int from, int to) {
    SubjectSet allowed = publishAllowed;
    SubjectSet denied = publishDenied;
    return (allowed == null || allowed.names(bytes, from, to))
        && (denied == null || !denied.names(bytes, from, to));
  }

  /** Whether a SUB is allowed; {@code queue} is empty for a plain one. */
  boolean maySubscribe(byte[] filter, byte[] queue) {
    SubjectSet allowed = subscribeAllowed;
    int end = filter.length;
    if (allowed != null) {
      boolean allows = allowed.namesPlain(filter, 0, end);
      if (queue.length > 0 && allowed.namesAnyQueue(filter, 0, end)) {
        allows = allowed.namesQueue(filter, 0, end, queue);
      }
      if (!allows) {
        return false;
      }
    }
    SubjectSet denied = subscribeDenied;
    return denied == null
        || (!denied.namesPlain(filter, 0, end)
            && !(queue.length > 0 && denied.namesQueue(filter, 0, end, queue)));
  }

  /** What must be held back from a subscription that is allowed; null when that is nothing. */
  @Nullable DenyFilter denyFilter(byte[] filter) {
    SubjectSet denied = subscribeDenied;
    return denied == null || Subject.isLiteral(filter, 0, filter.length)
        ? null
        : new DenyFilter(denied);
  }
}
