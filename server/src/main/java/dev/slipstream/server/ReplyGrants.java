// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.subject.TokenTable;
import dev.slipstream.server.config.ResponsePermission;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * The reply subjects to which a client may publish because it received requests with them, each for
 * some messages and some time.
 *
 * <p>At most {@link #MOST} at a time; beyond, the oldest ends early. Belongs to the connection's
 * loop.
 */
final class ReplyGrants {
  static final int MOST = 4096;

  private final ResponsePermission permission;
  private final TokenTable<Grant> grants = new TokenTable<>();
  private final ArrayDeque<Grant> byAge = new ArrayDeque<>();

  private static final class Grant {
    private final byte[] subject;
    private final long sinceNanos;
    private int used;

    Grant(byte[] subject, long sinceNanos) {
      this.subject = subject;
      this.sinceNanos = sinceNanos;
    }
  }

  ReplyGrants(ResponsePermission permission) {
    this.permission = permission;
  }

  /** Grants a reply subject. */
  void grant(byte[] bytes, int from, int to, long nowNanos) {
    while (byAge.size() >= MOST || !byAge.isEmpty() && isExpired(byAge.getFirst(), nowNanos)) {
      drop(byAge.removeFirst());
    }
    Grant grant = new Grant(Arrays.copyOfRange(bytes, from, to), nowNanos);
    grants.put(grant.subject, grant);
    byAge.addLast(grant);
  }

  /** Whether a publish is granted; uses the grant up by one message. */
  boolean use(byte[] bytes, int from, int to, long nowNanos) {
    Grant grant = grants.get(bytes, from, to);
    if (grant == null) {
      return false;
    }
    grant.used++;
    boolean spent = permission.maxMessages() > 0 && grant.used > permission.maxMessages();
    if (spent || isExpired(grant, nowNanos)) {
      grants.remove(grant.subject);
      return false;
    }
    return true;
  }

  private void drop(Grant grant) {
    if (grants.get(grant.subject) == grant) {
      grants.remove(grant.subject);
    }
  }

  private boolean isExpired(Grant grant, long nowNanos) {
    return permission.expiresNanos() > 0 && nowNanos - grant.sinceNanos > permission.expiresNanos();
  }
}
