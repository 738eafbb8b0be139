// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The messages that publishers of one loop have for connections of another: copied into a batch
 * during a turn, handed over as one command at its end.
 *
 * <p>What is on its way is bounded: beyond {@link #FULL_BYTES} publishers wait with {@link
 * #whenRoom}. Owned by the loop of origin; the target loop only counts down and calls back.
 */
final class LoopMail {
  /** From here on the publishers of the origin wait. */
  static final long FULL_BYTES = 8L << 20;

  /** What a message adds to the count beside its bytes. */
  private static final int FRAME_OVERHEAD = 64;

  private final ServerLoop origin;
  private final ServerLoop target;
  private final AtomicLong bytesOnTheirWay = new AtomicLong();
  private final List<Runnable> waiting = new ArrayList<>();
  private volatile boolean someoneWaits;
  private Batch batch = new Batch();
  private long lastMessage = -1;

  LoopMail(ServerLoop origin, ServerLoop target) {
    this.origin = origin;
    this.target = target;
  }

  /** Bytes that the target loop has not delivered yet. */
  long bytesOnTheirWay() {
    return bytesOnTheirWay.get();
  }

  boolean isFull() {
    return bytesOnTheirWay.get() >= FULL_BYTES;
  }

  /**
   * Adds a message for one subscription.
   *
   * @param message tells messages apart, so that one with many subscriptions is copied once
   * @param flags those of its passage
   * @param group whose other members take the message if the subscription has ended meanwhile
   */
  void post(
      long message,
      MessageFrame frame,
      int flags,
      Router router,
      Subscription subscription,
      MatchResult.@Nullable QueueGroup group) {
    if (message != lastMessage || batch.isEmpty()) {
      lastMessage = message;
      int size = batch.begin(frame, flags);
      bytesOnTheirWay.addAndGet(size);
      origin.mailWaits(this);
    }
    batch.to(router, subscription, group);
  }

  /** Runs a task on the target loop behind the messages that were posted before. */
  void post(Runnable task) {
    batch.tasks.add(task);
    origin.mailWaits(this);
  }

  /** Runs {@code resume} on the loop of origin when there is room again. */
  void whenRoom(Runnable resume) {
    waiting.add(resume);
    someoneWaits = true;
    if (!isFull()) {
      origin.post(this::callWaiting);
    }
  }

  /** Hands the batch over; called at the end of a turn. */
  void send() {
    if (batch.isEmpty() && batch.tasks.isEmpty()) {
      return;
    }
    Batch sent = batch;
    batch = new Batch();
    target.receive(() -> arrive(sent));
  }

  private void arrive(Batch sent) {
    sent.deliver(target);
    bytesOnTheirWay.addAndGet(-sent.size);
    if (someoneWaits && !isFull()) {
      origin.post(this::callWaiting);
    }
  }

  private void callWaiting() {
    if (isFull()) {
      return;
    }
    someoneWaits = false;
    List<Runnable> called = List.copyOf(waiting);
    waiting.clear();
    called.forEach(Runnable::run);
  }

  /** Frames one behind the other, and for each who gets it. */
  private static final class Batch {
    private static final int FIELDS = 6;

    private final OutputBuffer bytes = new OutputBuffer(1024);
    private final List<Subscription> receivers = new ArrayList<>();
    private final List<Router> routers = new ArrayList<>();
    private final List<MatchResult.@Nullable QueueGroup> groups = new ArrayList<>();
    private final List<Runnable> tasks = new ArrayList<>(0);
    private int[] fields = new int[16 * FIELDS];
    private int fieldCount;
    private long size;

    boolean isEmpty() {
      return fieldCount == 0;
    }

    int begin(MessageFrame frame, int flags) {
      if (fieldCount + FIELDS > fields.length) {
        fields = Arrays.copyOf(fields, 2 * fields.length);
      }
      int before = bytes.length();
      bytes.put(frame.line, frame.subjectStart, frame.subjectEnd);
      bytes.put(frame.line, frame.replyStart, frame.replyEnd);
      bytes.put(frame.body, frame.headersStart, frame.payloadEnd);
      fields[fieldCount++] = frame.subjectEnd - frame.subjectStart;
      fields[fieldCount++] = frame.replyEnd - frame.replyStart;
      fields[fieldCount++] = frame.headersLength();
      fields[fieldCount++] = frame.payloadLength();
      fields[fieldCount++] = flags;
      fields[fieldCount++] = 0;
      int added = bytes.length() - before + FRAME_OVERHEAD;
      size += added;
      return added;
    }

    void to(Router router, Subscription subscription, MatchResult.@Nullable QueueGroup group) {
      fields[fieldCount - 1]++;
      routers.add(router);
      receivers.add(subscription);
      groups.add(group);
    }

    void deliver(ServerLoop at) {
      MessageFrame frame = new MessageFrame();
      frame.line = bytes.array();
      frame.body = frame.line;
      int position = 0;
      int receiver = 0;
      for (int i = 0; i < fieldCount; i += FIELDS) {
        frame.subjectStart = position;
        frame.subjectEnd = frame.subjectStart + fields[i];
        frame.replyStart = frame.subjectEnd;
        frame.replyEnd = frame.replyStart + fields[i + 1];
        frame.headersStart = frame.replyEnd;
        frame.payloadStart = frame.headersStart + fields[i + 2];
        frame.payloadEnd = frame.payloadStart + fields[i + 3];
        position = frame.payloadEnd;
        for (int n = fields[i + 5]; n > 0; n--, receiver++) {
          routers
              .get(receiver)
              .arrived(at, receivers.get(receiver), groups.get(receiver), frame, fields[i + 4]);
        }
      }
      tasks.forEach(Runnable::run);
    }
  }
}
