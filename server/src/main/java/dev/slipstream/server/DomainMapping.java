// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.subject.Subject;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What clients publish under {@code $JS.DOMAIN.API.}, this server's domain, goes where it would go
 * without the domain: to the API, or to the subjects of key-value buckets and object stores. What
 * stands for neither stays as it is. Immutable. Source: ADR-1, and the mappings of the public
 * server.
 */
final class DomainMapping {
  private static final byte[] API = Subject.bytes("$JS.API.");
  private static final byte[] INFO = Subject.bytes("INFO");
  private static final byte[][] CALLS = {
    Subject.bytes("STREAM."),
    Subject.bytes("CONSUMER."),
    Subject.bytes("DIRECT."),
    Subject.bytes("META."),
    Subject.bytes("SERVER."),
    Subject.bytes("ACCOUNT.")
  };
  private static final byte[][] SPACES = {Subject.bytes("$KV."), Subject.bytes("$OBJ.")};

  private final byte[] prefix;

  DomainMapping(String domain) {
    prefix = Subject.bytes("$JS." + domain + ".API.");
  }

  /** What {@code line[start..to]} stands for; null when it stays what it is. */
  byte @Nullable [] map(byte[] line, int start, int to) {
    if (!Subject.begins(line, start, to, prefix)) {
      return null;
    }
    int from = start + prefix.length;
    if (beginsWithOne(CALLS, line, from, to)
        || Arrays.equals(line, from, to, INFO, 0, INFO.length)) {
      byte[] subject = Arrays.copyOf(API, API.length + to - from);
      System.arraycopy(line, from, subject, API.length, to - from);
      return subject;
    }
    return beginsWithOne(SPACES, line, from, to) ? Arrays.copyOfRange(line, from, to) : null;
  }

  private static boolean beginsWithOne(byte[][] prefixes, byte[] line, int from, int to) {
    for (byte[] each : prefixes) {
      if (to - from > each.length && Subject.begins(line, from, to, each)) {
        return true;
      }
    }
    return false;
  }
}
