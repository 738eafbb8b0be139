// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.wire.MessageFrame;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How a message has come to the router that routes it: under which subject, and through which
 * services of other accounts.
 *
 * <p>A delivery of JetStream shows the stored subject and is routed by another one; then the shown
 * subject stays what it is wherever the message goes. Immutable.
 */
final class Passage {
  /** A message that is routed by the subject it shows, and comes from within the account. */
  static final Passage PLAIN = new Passage(null, null, null, false, null);

  private static final int RENAMED = 1;
  private static final int FROM_SERVICE = 2;
  private static final Passage RENAMED_PASSAGE = new Passage(new byte[0], null, null, false, null);
  private static final Passage SERVICE_PASSAGE = new Passage(null, PLAIN, null, false, null);
  private static final Passage RENAMED_SERVICE_PASSAGE =
      new Passage(new byte[0], PLAIN, null, false, null);

  private final byte @Nullable [] to;
  private final @Nullable Passage before;
  private final @Nullable ServiceExport through;
  private final boolean shared;
  private final @Nullable RequestInfo info;

  private Passage(
      byte @Nullable [] to,
      @Nullable Passage before,
      @Nullable ServiceExport through,
      boolean shared,
      @Nullable RequestInfo info) {
    this.to = to;
    this.before = before;
    this.through = through;
    this.shared = shared;
    this.info = info;
  }

  /** A message of the server that is routed by {@code to}. */
  static Passage to(byte[] to, MessageFrame message) {
    return Arrays.equals(to, 0, to.length, message.line, message.subjectStart, message.subjectEnd)
        ? PLAIN
        : new Passage(to, null, null, false, null);
  }

  /**
   * The way on of a message into another account.
   *
   * @param routedBy its subject there; the message shows it unless it is renamed
   * @param next the export that lets it through
   * @param sharing whether the import shares who asks
   * @param asking who asks; null for a response
   */
  Passage through(
      byte[] routedBy, ServiceExport next, boolean sharing, @Nullable RequestInfo asking) {
    return new Passage(isRenamed() ? routedBy : null, this, next, sharing, asking);
  }

  /** Whether the message shows another subject than the one it is routed by. */
  boolean isRenamed() {
    return to != null;
  }

  /** Whether it came from another account by a service. */
  boolean isFromService() {
    return before != null;
  }

  /** Whether the last import on its way shared who asks. */
  boolean isShared() {
    return shared;
  }

  /** Who asks, when that is known from an earlier import. */
  @Nullable RequestInfo info() {
    return info;
  }

  /** Whether it was let through by that export before. */
  boolean cameThrough(ServiceExport export) {
    for (Passage at = this; at != null; at = at.before) {
      if (at.through == export) {
        return true;
      }
    }
    return false;
  }

  /** The subject that a message is routed by. */
  byte[] routedBy(MessageFrame message) {
    byte[] other = to;
    return other != null
        ? other
        : Arrays.copyOfRange(message.line, message.subjectStart, message.subjectEnd);
  }

  /** What another loop has to know of it, as a number. */
  int flags() {
    return (isRenamed() ? RENAMED : 0) | (isFromService() ? FROM_SERVICE : 0);
  }

  /** The passage of a message that has come from another loop with these {@link #flags}. */
  static Passage ofFlags(int flags) {
    return switch (flags) {
      case 0 -> PLAIN;
      case RENAMED -> RENAMED_PASSAGE;
      case FROM_SERVICE -> SERVICE_PASSAGE;
      default -> RENAMED_SERVICE_PASSAGE;
    };
  }
}
