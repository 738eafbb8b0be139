// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance.workers;

import dev.slipstream.base.Clock;
import dev.slipstream.protocol.wire.AckBody;
import dev.slipstream.protocol.wire.AckSubject;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is known of every message of the stream, and the rules that hold it together. It hears the
 * wire at the server's side and the handlers, and tells when a rule is broken:
 *
 * <ul>
 *   <li>a message is sent again only after a nak has arrived, after the ack wait, or by a server
 *       that was started since;
 *   <li>it is not sent again once its ack or term has arrived, unless the server was killed within
 *       the moment that it may keep the sending or the ack in memory;
 *   <li>a handler gets only what was sent to somebody, each sending once;
 *   <li>an ack or term arrives only for a message that a handler has answered so.
 * </ul>
 *
 * <p>Owner: the thread of the test.
 */
final class MessageLedger implements FaultyWire.Tap {
  /** A record that is not urgent waits 5 ms for company before it is made durable. */
  private static final long LAZY_NANOS = 10_000_000;

  private static final Pattern SENT =
      Pattern.compile("H?MSG \\S+ \\S+ (\\$JS\\.ACK\\.\\S+) [\\d ]+\r\n");
  private static final Pattern SETTLED =
      Pattern.compile("PUB (\\$JS\\.ACK\\.\\S+) (?:\\S+ )?\\d+\r\n([-+][A-Z]+)[^\r]*\r\n");

  private final Clock clock;
  private final long ackWaitNanos;
  private final Trace trace;
  private final Consumer<AssertionError> failures;
  private final LongConsumer signsOfLife;
  private final TreeMap<Long, Entry> entries = new TreeMap<>();
  private int serverStarts;
  private long handled;
  private long sentAgain;

  /** What is known of one message. */
  private static final class Entry {
    boolean sent;
    long sentNanos;

    /** The server may not know that it has sent it. */
    boolean sendingInDoubt;

    /** When its ack wait ends. */
    long dueNanos;

    int sentBy;

    /** Naks that have come and that no sending has answered yet. */
    int naks;

    boolean settled;

    /** Its ack has come, and the server may have forgotten it. */
    boolean inDoubt;

    long settledNanos;
    boolean answered;

    /** How often each delivery, by its count, was sent and was handled. */
    final Map<Long, Integer> sendings = new HashMap<>();

    final Map<Long, Integer> handlings = new HashMap<>();
  }

  MessageLedger(
      Clock clock,
      long ackWaitNanos,
      Trace trace,
      Consumer<AssertionError> failures,
      LongConsumer signsOfLife) {
    this.signsOfLife = signsOfLife;
    this.failures = failures;
    this.trace = trace;
    this.clock = clock;
    this.ackWaitNanos = ackWaitNanos;
  }

  // --- what happens

  /** The server was killed: what it had only in memory may be gone. */
  void serverKilled() {
    long now = clock.nanos();
    for (Entry entry : entries.values()) {
      if (entry.settled && now - entry.settledNanos <= LAZY_NANOS) {
        entry.settled = false;
        entry.inDoubt = true;
      }
      entry.sendingInDoubt |= entry.sent && now - entry.sentNanos <= LAZY_NANOS;
    }
  }

  void serverStarted() {
    serverStarts++;
  }

  /** A handler has been called. */
  void handling(long sequence, long delivery) {
    trace.note("handles", sequence, "delivery", delivery);
    Entry entry = entry(sequence);
    handled++;
    int times = entry.handlings.merge(delivery, 1, Integer::sum);
    int sent = entry.sendings.getOrDefault(delivery, 0);
    check(
        times <= sent, sequence, "handled %d times as delivery %d, sent %d", times, delivery, sent);
  }

  /** A handler has returned that the message is done with. */
  void answered(long sequence) {
    entry(sequence).answered = true;
  }

  @Override
  public void fromServer(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    Matcher sent = SENT.matcher(text);
    while (sent.find()) {
      AckSubject subject = AckSubject.parse(sent.group(1));
      if (subject != null) {
        sent(subject.streamSeq(), subject.delivered());
      }
    }
  }

  private void sent(long sequence, long delivery) {
    trace.note("server sends", sequence, "delivery", delivery);
    Entry entry = entry(sequence);
    long now = clock.nanos();
    check(
        !entry.settled || entry.settledNanos == now, sequence, "sent again after its ack has come");
    if (entry.sent) {
      sentAgain++;
      if (now < entry.dueNanos && entry.sentBy == serverStarts) {
        long early = (entry.dueNanos - now) / 1_000_000;
        check(entry.naks > 0, sequence, "sent again %d ms early and unasked", early);
        entry.naks = Math.max(0, entry.naks - 1);
      }
    }
    entry.sent = true;
    entry.sentNanos = now;
    entry.sendingInDoubt = false;
    entry.dueNanos = now + ackWaitNanos;
    entry.sentBy = serverStarts;
    entry.sendings.merge(delivery, 1, Integer::sum);
  }

  @Override
  public int toServer(CharSequence text) {
    Matcher settled = SETTLED.matcher(text);
    int dealtWith = 0;
    while (settled.find()) {
      dealtWith = settled.end();
      AckSubject subject = AckSubject.parse(settled.group(1));
      if (subject != null) {
        byte[] body = settled.group(2).getBytes(StandardCharsets.ISO_8859_1);
        arrived(subject.streamSeq(), AckBody.of(body, 0, body.length));
      }
    }
    return dealtWith;
  }

  @Override
  public void signOfLife(long sinceFirstNanos) {
    signsOfLife.accept(sinceFirstNanos);
  }

  private void arrived(long sequence, AckBody body) {
    trace.note("server gets", body, "for", sequence);
    Entry entry = entry(sequence);
    switch (body) {
      case ACK, NEXT, TERM -> {
        check(entry.answered, sequence, "%s for a message that no handler has done", body);
        if (entry.sendingInDoubt) {
          entry.inDoubt = true;
        } else if (!entry.settled) {
          entry.settled = true;
          entry.settledNanos = clock.nanos();
        }
      }
      case NAK -> entry.naks++;
      case PROGRESS -> {
        if (clock.nanos() < entry.dueNanos) { // afterwards it is on its way already
          entry.dueNanos = clock.nanos() + ackWaitNanos;
        }
      }
      default -> throw new AssertionError(sequence + ": " + body);
    }
  }

  // --- what is known

  /** Fails unless all messages from the first to {@code last} were handled and their acks came. */
  void checkAllSettled(long last) {
    for (long sequence = 1; sequence <= last; sequence++) {
      Entry entry = entry(sequence);
      check(entry.answered, sequence, "no handler has done it");
      check(entry.settled || entry.inDoubt, sequence, "its ack has not come");
    }
  }

  /** How often handlers were called. */
  long handled() {
    return handled;
  }

  /** How often the server has sent what it had sent before. */
  long sentAgain() {
    return sentAgain;
  }

  private Entry entry(long sequence) {
    return entries.computeIfAbsent(sequence, unknown -> new Entry());
  }

  private void check(boolean holds, long sequence, String what, Object... values) {
    if (!holds) {
      failures.accept(
          new AssertionError(
              "message " + sequence + ": " + String.format(Locale.ROOT, what, values)));
    }
  }
}
