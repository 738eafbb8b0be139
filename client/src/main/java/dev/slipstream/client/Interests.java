// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.wire.MessageFrame;
import dev.slipstream.protocol.wire.ProtocolWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * All interests of a connection: what is told to each server it connects to. Loop-owned, except
 * that any thread may draw a number.
 */
final class Interests {
  private final Outbound outbound;
  private final AtomicLong lastSid = new AtomicLong();
  private final LongMap<Interest> bySid = new LongMap<>();

  Interests(Outbound outbound) {
    this.outbound = outbound;
  }

  /** A number for a new interest; any thread. */
  long nextSid() {
    return lastSid.incrementAndGet();
  }

  void add(Interest interest) {
    bySid.put(interest.sid, interest);
    ProtocolWriter out = outbound.control();
    if (out != null) {
      out.subscribe(interest.subject, interest.queue, interest.sid);
    }
  }

  /** Tells the server to send no more; messages on their way still come. */
  void unsubscribe(Interest interest) {
    if (bySid.get(interest.sid) == interest) {
      ProtocolWriter out = outbound.control();
      if (out != null) {
        out.unsubscribe(interest.sid, 0);
      }
    }
  }

  /** Takes no more messages for it. */
  void forget(Interest interest) {
    if (bySid.get(interest.sid) == interest) {
      bySid.remove(interest.sid);
      interest.sink.onEnd();
    }
  }

  /** Both at once. */
  void remove(Interest interest) {
    unsubscribe(interest);
    forget(interest);
  }

  /** Ends it after {@code limit} messages, counted from its beginning. */
  void limit(Interest interest, long limit) {
    interest.limit = limit;
    if (interest.received >= limit) {
      remove(interest);
      return;
    }
    ProtocolWriter out = outbound.control();
    if (out != null && bySid.get(interest.sid) == interest) {
      out.unsubscribe(interest.sid, limit);
    }
  }

  /** Hands a message to its interest; one without is dropped, it was on its way. */
  void dispatch(MessageFrame frame) {
    @Nullable Interest interest = bySid.get(frame.sidAsLong());
    if (interest == null) {
      return;
    }
    interest.received++;
    interest.sink.onFrame(frame);
    if (interest.limit > 0 && interest.received >= interest.limit) {
      forget(interest);
    }
  }

  /** Tells a new server of all. */
  void resubscribe() {
    bySid.forEach(
        interest -> {
          ProtocolWriter out = outbound.control();
          if (out != null) {
            out.subscribe(interest.subject, interest.queue, interest.sid);
            if (interest.limit > 0) {
              out.unsubscribe(interest.sid, interest.limit - interest.received);
            }
          }
        });
  }

  /** Ends all, without a word to the server. */
  void clear() {
    bySid.forEach(this::forget);
  }
}
