// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.engine;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.subject.SubjectTrie;
import dev.slipstream.protocol.wire.AckSubject;
import dev.slipstream.protocol.wire.Headers;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import dev.slipstream.protocol.wire.Status;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Subscribers and publishers of one account in one thread: a bus without connections. */
final class SimulatedBus implements MessageBus {
  private final SubjectTrie<Object> trie = new SubjectTrie<>();
  private final Map<String, List<Inbox>> inboxes = new HashMap<>();
  private final Map<String, Integer> exactListeners = new HashMap<>();
  private final Map<String, List<Runnable>> watches = new HashMap<>();
  private byte[] publisher = OutputBuffer.NO_BYTES;

  /** A message that an inbox got. */
  record Got(String subject, String reply, Headers headers, String payload) {
    int status() {
      Status status = headers.status();
      return status == null ? 0 : status.code();
    }

    String statusText() {
      Status status = headers.status();
      return status == null ? "" : status.description();
    }

    long streamSeq() {
      AckSubject ack = AckSubject.parse(reply);
      return ack == null ? 0 : ack.streamSeq();
    }
  }

  /** Keeps what is sent to its subject. */
  static final class Inbox {
    final String subject;
    final List<Got> messages = new ArrayList<>();

    Inbox(String subject) {
      this.subject = subject;
    }

    Got only() {
      if (messages.size() != 1) {
        throw new AssertionError("expected one message, got " + messages);
      }
      return messages.remove(0);
    }

    List<Got> drain() {
      List<Got> drained = List.copyOf(messages);
      messages.clear();
      return drained;
    }
  }

  Inbox inbox(String subject) {
    Inbox inbox = new Inbox(subject);
    trie.add(Subject.bytes(subject), inbox);
    inboxes.computeIfAbsent(subject, any -> new ArrayList<>()).add(inbox);
    tellWatches(subject);
    return inbox;
  }

  void drop(Inbox inbox) {
    trie.remove(Subject.bytes(inbox.subject), inbox);
    inboxes.getOrDefault(inbox.subject, List.of()).remove(inbox);
    tellWatches(inbox.subject);
  }

  private void tellWatches(String subject) {
    List.copyOf(watches.getOrDefault(subject, List.of())).forEach(Runnable::run);
  }

  /** Publishes; answers how many heard it. */
  int publish(String subject, String reply, byte[] headers, byte[] payload) {
    MessageFrame frame =
        new MessageFrame().set(Subject.bytes(subject), Subject.bytes(reply), headers, payload);
    return route(Subject.bytes(subject), frame);
  }

  /** Says who publishes from now on, as a JSON object. */
  void publisher(String client) {
    publisher = bytes(client);
  }

  @Override
  public byte[] publisher() {
    return publisher;
  }

  private int route(byte[] to, MessageFrame frame) {
    List<Object> found = new ArrayList<>();
    trie.match(to, 0, to.length, found::add);
    int heard = 0;
    for (Object each : found) {
      if (each instanceof Listener listener) {
        heard += listener.onMessage(frame) ? 1 : 0;
      } else {
        ((Inbox) each).messages.add(got(frame));
        heard++;
      }
    }
    return heard;
  }

  private static Got got(MessageFrame frame) {
    return new Got(
        frame.subject(),
        frame.reply(),
        Headers.parse(frame.body, frame.headersStart, frame.payloadStart),
        new String(frame.copyPayload(), StandardCharsets.UTF_8));
  }

  @Override
  public Delivery send(byte[] to, MessageFrame message, @Nullable Runnable whenDrained) {
    return route(to, message) == 0 ? Delivery.NO_INTEREST : Delivery.SENT;
  }

  @Override
  public boolean hasInterest(byte[] subject, int from, int to) {
    return trie.matchesAny(subject, from, to);
  }

  @Override
  public boolean isSubscribed(byte[] subject, byte[] group) {
    boolean hasInbox = !inboxes.getOrDefault(text(subject), List.of()).isEmpty();
    return group.length == 0 && (hasInbox || exactListeners.getOrDefault(text(subject), 0) > 0);
  }

  @Override
  public Registration watch(byte[] subject, Runnable changed) {
    watches.computeIfAbsent(text(subject), any -> new ArrayList<>()).add(changed);
    return () -> watches.getOrDefault(text(subject), List.of()).remove(changed);
  }

  private static String text(byte[] subject) {
    return new String(subject, StandardCharsets.UTF_8);
  }

  @Override
  public Registration listen(byte[] filter, Listener listener, Runnable inPlace) {
    trie.add(filter, listener);
    exactListeners.merge(text(filter), 1, Integer::sum);
    tellWatches(text(filter));
    inPlace.run();
    return () -> {
      trie.remove(filter, listener);
      exactListeners.merge(text(filter), -1, Integer::sum);
      tellWatches(text(filter));
    };
  }

  static byte[] bytes(String text) {
    return text.isEmpty() ? OutputBuffer.NO_BYTES : text.getBytes(StandardCharsets.UTF_8);
  }
}
