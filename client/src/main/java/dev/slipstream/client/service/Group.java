// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.service;

import org.jspecify.annotations.Nullable;

/**
 * Endpoints whose subjects begin alike, and which take their queue group from it. Immutable; its
 * names are checked when a service is started.
 */
public final class Group {
  private final String name;
  private final @Nullable Group parent;
  private final @Nullable String queueGroup;

  private Group(String name, @Nullable Group parent, @Nullable String queueGroup) {
    this.name = name;
    this.parent = parent;
    this.queueGroup = queueGroup;
  }

  /** A group whose subjects begin with {@code name} and a dot. */
  public static Group of(String name) {
    return new Group(name, null, null);
  }

  /** A group inside of this one. */
  public Group group(String inner) {
    return new Group(inner, this, null);
  }

  /** With a queue group for all endpoints that name none themselves. */
  public Group queueGroup(String newQueueGroup) {
    return new Group(name, parent, newQueueGroup);
  }

  /** Without a queue group: each instance of the service gets each request. */
  public Group withoutQueueGroup() {
    return queueGroup("");
  }

  /** What the subjects of its endpoints begin with. */
  public String prefix() {
    return parent == null ? name : parent.prefix() + "." + name;
  }

  /** The queue group, empty for none; {@code otherwise} when none of the groups says. */
  String queueGroupOr(String otherwise) {
    if (queueGroup != null) {
      return queueGroup;
    }
    return parent == null ? otherwise : parent.queueGroupOr(otherwise);
  }
}
