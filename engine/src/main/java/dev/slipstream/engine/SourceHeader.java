// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.api.ExternalStream;
import dev.slipstream.protocol.api.SourceConsumer;
import dev.slipstream.protocol.api.StreamSource;
import dev.slipstream.protocol.api.SubjectTransform;
import dev.slipstream.protocol.subject.Subject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The header that says where a sourced message comes from: {@code <stream> <sequence> <filter>
 * <destination> <subject> <identity>}, parts that are lists divided by form feeds.
 *
 * @param indexName which source of the stream it is: {@code <stream> <filter> <destination>}, where
 *     hashes behind the name tell other accounts and durable consumers apart
 * @param seq the message's sequence in the stream that it comes from
 * @param identity of that stream; empty when it is not told
 */
record SourceHeader(String indexName, long seq, String identity) {
  static final String KEY = "Nats-Stream-Source";
  static final byte[] KEY_BYTES = Subject.bytes(KEY);

  private static final String ALL = ">";
  private static final String BETWEEN = "\f";

  /** The name under which a source's position is kept. */
  static String indexName(StreamSource source) {
    List<String> filters = new ArrayList<>();
    List<String> destinations = new ArrayList<>();
    for (SubjectTransform each : source.subjectTransforms()) {
      filters.add(orAll(each.source()));
      destinations.add(orAll(each.destination()));
    }
    if (filters.isEmpty()) {
      filters.add(orAll(source.filterSubject()));
      destinations.add(ALL);
    }
    SourceConsumer consumer = source.consumer();
    return String.join(
        " ",
        place(source) + (consumer == null ? "" : ":C=" + Names.hash(consumer.name())),
        String.join(BETWEEN, filters),
        String.join(BETWEEN, destinations));
  }

  /** Tells the durable consumer of a source from those of others; empty without one. */
  static String consumerName(StreamSource source) {
    SourceConsumer consumer = source.consumer();
    return consumer == null ? "" : place(source) + ' ' + consumer.name();
  }

  /** A stream's name, and where it is: streams of other accounts may have the same name. */
  private static String place(StreamSource source) {
    ExternalStream external = source.external();
    return source.name() + (external == null ? "" : ":" + Names.hash(external.api()));
  }

  /** The subject of a filter that may be empty, and then takes all. */
  static String orAll(String subject) {
    return subject.isEmpty() ? ALL : subject;
  }

  /** The header of a message that has {@code subject} where it comes from. */
  String write(String subject) {
    int space = indexName.indexOf(' ');
    return indexName.substring(0, space)
        + ' '
        + Long.toUnsignedString(seq)
        + indexName.substring(space)
        + ' '
        + subject
        + (identity.isEmpty() ? "" : ' ' + identity);
  }

  /** What a header says; null when it has another form. */
  static @Nullable SourceHeader parse(String header) {
    String[] parts = header.split(" ");
    if (parts.length < 4) {
      return null;
    }
    try {
      long seq = Long.parseUnsignedLong(parts[1]);
      String identity = parts.length > 5 ? parts[5] : "";
      return new SourceHeader(String.join(" ", parts[0], parts[2], parts[3]), seq, identity);
    } catch (NumberFormatException notASequence) {
      return null;
    }
  }
}
