// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.base.Invariant;
import dev.slipstream.engine.MessageBus;
import dev.slipstream.protocol.subject.Subject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an account shares with others, and its mappings. Immutable; most accounts have {@link
 * #NONE}.
 *
 * @param streamImports the messages that it takes from others
 * @param serviceImports the services of others that it uses
 * @param repliesOrNull the replies to requests that cross its border; null without services
 * @param mappings its subject mappings; null for none
 */
record Sharing(
    List<StreamImport> streamImports,
    List<ServiceImport> serviceImports,
    @Nullable ServiceReplies repliesOrNull,
    @Nullable SubjectMappings mappings) {
  static final Sharing NONE = new Sharing(List.of(), List.of(), null, null);

  Sharing {
    streamImports = List.copyOf(streamImports);
    serviceImports = List.copyOf(serviceImports);
  }

  /** What stands in its subscription table to take messages into other accounts. */
  List<Subscriber> crossings() {
    List<Subscriber> all = new ArrayList<>(serviceImports);
    if (repliesOrNull != null) {
      all.add(repliesOrNull);
    }
    return all;
  }

  /** The companions of a listener of the server, in the accounts that this one imports from. */
  List<ImportedListening> listeningElsewhere(Subscriber.Listening listening) {
    List<ImportedListening> companions = new ArrayList<>(0);
    byte[] filter = listening.filter();
    if (streamImports.isEmpty() || isOfServer(filter)) {
      return companions;
    }
    for (StreamImport each : streamImports) {
      byte[] there = each.filterThere(filter);
      if (there != null) {
        companions.add(new ImportedListening(there, each, listening.listener()));
      }
    }
    return companions;
  }

  /** Whether it is the server itself that is asked there, which is a service and no stream. */
  private static boolean isOfServer(byte[] filter) {
    String text = new String(filter, StandardCharsets.UTF_8);
    return Subject.isSubset(text, "$JS.API.>")
        || Subject.isSubset(text, "$JS.*.API.>")
        || Subject.isSubset(text, "$SYS.>");
  }

  /** Where a request to a subject arrives, through as many accounts as it takes; null for here. */
  MessageBus.@Nullable Service serviceBehind(ServerLoop at, String subject) {
    for (ServiceImport each : serviceImports) {
      byte[] there = each.subjectThere(at, subject);
      if (there != null) {
        String over = new String(there, StandardCharsets.UTF_8);
        MessageBus.Service further = each.exporter().sharing().serviceBehind(at, over);
        return further == null ? new MessageBus.Service(each.exporter().name(), over) : further;
      }
    }
    return null;
  }

  /** Whether what another account publishes under a literal subject is imported. */
  boolean imports(String account, String subject) {
    byte[] bytes = Subject.bytes(subject);
    return streamImports.stream()
        .anyMatch(each -> each.exporter().name().equals(account) && each.takes(bytes));
  }

  /** The replies of an account that has services or uses some. */
  ServiceReplies replies() {
    ServiceReplies replies = repliesOrNull;
    Invariant.check(replies != null, "a request crossed the border of an account without services");
    return Objects.requireNonNull(replies);
  }
}
