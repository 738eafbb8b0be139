// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.server;

import dev.slipstream.protocol.subject.Subject;
import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.OutputBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The reply subjects that services of an account answer for requesters of other accounts: {@code
 * _R_.}, a word for the account, and a word in which stands where the {@link PendingReply} is.
 *
 * <p>A response is brought to the requester on the loop on which it was published, so that its
 * sender knows whether somebody was there. Immutable but for the replies; see {@link ReplySlots}.
 */
final class ServiceReplies implements Subscriber.Crossing {
  static final String PREFIX = "_R_.";

  private static final int WORD = 6;
  private static final int LOOP_DIGITS = 2;
  private static final int SLOT_DIGITS = 3;
  private static final int RANDOM_DIGITS = 9;
  private static final byte[] DIGITS =
      Subject.bytes("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

  private final Account account;
  private final byte[] prefix;
  private final byte[] filter;
  private final ReplySlots[] slots;

  /** The replies of an account on a server of so many loops. */
  ServiceReplies(Account account, int loops, RandomGenerator random) {
    this.account = account;
    this.slots = new ReplySlots[loops];
    Arrays.setAll(slots, loop -> new ReplySlots());
    OutputBuffer word = new OutputBuffer(PREFIX.length() + WORD + 1).put(PREFIX);
    this.prefix = putRandom(word, WORD, random).put((byte) '.').toBytes();
    this.filter = new OutputBuffer(prefix.length + 1).put(prefix).put((byte) '>').toBytes();
  }

  @Override
  public byte[] filter() {
    return filter;
  }

  /** Whether a subject is one of the replies of this account, over or not. */
  boolean owns(byte[] subject, int from, int to) {
    return Subject.begins(subject, from, to, prefix);
  }

  /** A new reply subject of this account for {@code reply} of another. */
  PendingReply await(
      ServerLoop at, Account requester, byte[] reply, ServiceExport export, boolean shared) {
    long now = at.loop().clock().nanos();
    ReplySlots own = slots[at.index()];
    int slot = own.free(now);
    OutputBuffer subject =
        new OutputBuffer(prefix.length + LOOP_DIGITS + SLOT_DIGITS + RANDOM_DIGITS).put(prefix);
    putNumber(subject, at.index(), LOOP_DIGITS);
    putNumber(subject, slot, SLOT_DIGITS);
    putRandom(subject, RANDOM_DIGITS, at.random());
    PendingReply pending =
        new PendingReply(subject.toBytes(), requester, reply, export, shared, now);
    own.put(slot, pending);
    return pending;
  }

  /** Whether a response to that subject would reach somebody. */
  boolean isAwaited(ServerLoop at, byte[] subject, int from, int to) {
    PendingReply pending = find(subject, from, to);
    return pending != null
        && !pending.isOver(at.loop().clock().nanos())
        && pending.requester().router().hasInterest(at, pending.reply(), 0, pending.reply().length);
  }

  @Override
  public boolean carry(
      ServerLoop at, @Nullable ClientConnection from, MessageFrame message, Passage passage) {
    boolean brought = bring(at, from, message, passage);
    return from != null || brought; // a client that answers too late is not told
  }

  private boolean bring(
      ServerLoop at, @Nullable ClientConnection from, MessageFrame message, Passage passage) {
    byte[] to = passage.routedBy(message);
    long now = at.loop().clock().nanos();
    PendingReply pending = find(to, 0, to.length);
    if (pending == null || passage.cameThrough(pending.export()) || !pending.take(now)) {
      return false;
    }
    boolean received = route(at, from, message, passage, pending);
    boolean last = message.headersLength() == 0 && message.payloadLength() == 0;
    if (!received || last) {
      pending.end();
    } else {
      pending.used(now);
    }
    return received;
  }

  private boolean route(
      ServerLoop at,
      @Nullable ClientConnection from,
      MessageFrame message,
      Passage passage,
      PendingReply pending) {
    Account requester = pending.requester();
    byte[] to = pending.reply();
    byte[] reply = message.copyReply();
    PendingReply back = null;
    if (message.hasReply() && !ServiceImport.isAck(message)) {
      ServiceReplies there = requester.sharing().replies();
      back = there.await(at, account, reply, pending.export(), pending.isShared());
      reply = back.subject();
    }
    byte[] shown = passage.isRenamed() ? Subject.bytes(message.subject()) : to;
    MessageFrame response =
        new MessageFrame().set(shown, reply, message.copyHeaders(), message.copyPayload());
    Passage onwards = passage.through(to, pending.export(), pending.isShared(), null);
    boolean received = requester.router().carried(at, to, from, response, onwards);
    if (!received && back != null) {
      back.end();
    }
    return received;
  }

  private @Nullable PendingReply find(byte[] subject, int from, int to) {
    int at = from + prefix.length;
    if (to - at != LOOP_DIGITS + SLOT_DIGITS + RANDOM_DIGITS) {
      return null;
    }
    int loop = number(subject, at, LOOP_DIGITS);
    int slot = number(subject, at + LOOP_DIGITS, SLOT_DIGITS);
    if (loop < 0 || loop >= slots.length || slot < 0) {
      return null;
    }
    PendingReply pending = slots[loop].get(slot);
    boolean same =
        pending != null
            && Arrays.equals(pending.subject(), 0, pending.subject().length, subject, from, to);
    return same ? pending : null;
  }

  private static OutputBuffer putRandom(OutputBuffer to, int digits, RandomGenerator random) {
    for (int i = 0; i < digits; i++) {
      to.put(DIGITS[random.nextInt(DIGITS.length)]);
    }
    return to;
  }

  private static void putNumber(OutputBuffer to, int number, int digits) {
    int rest = number;
    for (int i = 0; i < digits; i++) {
      to.put(DIGITS[rest % DIGITS.length]);
      rest /= DIGITS.length;
    }
  }

  private static int number(byte[] bytes, int from, int digits) {
    int number = 0;
    for (int i = from + digits - 1; i >= from; i--) {
      int digit = Arrays.binarySearch(DIGITS, bytes[i]);
      if (digit < 0) {
        return -1;
      }
      number = number * DIGITS.length + digit;
    }
    return number;
  }
}
