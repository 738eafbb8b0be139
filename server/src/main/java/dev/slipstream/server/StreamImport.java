// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.subject.ImportMapping;
import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.MessageFrame;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Messages that an account takes from another: subscriptions here have a companion there, which
 * hears what is published there and shows it under the subject of this account.
 *
 * <p>Immutable, and read on any loop. Source: NATS documentation, "accounts", stream imports.
 */
final class StreamImport {
  private final Account exporter;
  private final String there;
  private final String here;
  private final boolean literalThere;
  private final byte[] thereBytes;
  private final byte[] hereBytes;
  private final @Nullable ImportMapping toHere;
  private final @Nullable ImportMapping toThere;

  /**
   * An import of what {@code exporter} publishes under {@code there}.
   *
   * @param here the same as a filter of the importing account
   * @param toHere makes a subject here of one there; null if they are equal, or all become one
   */
  StreamImport(Account exporter, String there, String here, @Nullable ImportMapping toHere) {
    this.exporter = exporter;
    this.there = there;
    this.here = here;
    this.literalThere = Subject.isLiteral(there);
    this.thereBytes = Subject.bytes(there);
    this.hereBytes = Subject.bytes(here);
    this.toHere = toHere;
    this.toThere = toHere == null ? null : toHere.reversed();
  }

  Account exporter() {
    return exporter;
  }

  /** Whether it takes what is published there under a literal subject. */
  boolean takes(byte[] subjectThere) {
    return Subject.matches(subjectThere, 0, subjectThere.length, thereBytes);
  }

  /** What a subscription here has to hear there; null when the import does not concern it. */
  byte @Nullable [] filterThere(byte[] filterHere) {
    String common =
        ImportMapping.intersection(new String(filterHere, StandardCharsets.UTF_8), here);
    if (common == null) {
      return null;
    }
    ImportMapping back = toThere;
    if (back != null) {
      return Subject.bytes(back.map(common));
    }
    return Subject.bytes(literalThere ? there : common);
  }

  /** A message from there as it is shown here. */
  MessageFrame shown(MessageFrame message) {
    ImportMapping mapping = toHere;
    if (mapping != null) {
      return message.withSubject(Subject.bytes(mapping.map(message.subject())));
    }
    return literalThere ? message.withSubject(hereBytes) : message;
  }
}
