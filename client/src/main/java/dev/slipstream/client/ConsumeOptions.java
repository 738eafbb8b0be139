// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How a consumption pulls and what it does with failures. Immutable. */
public final class ConsumeOptions {
  private static final Duration LEAST_EXPIRES = Duration.ofSeconds(1);
  private static final Duration LEAST_HEARTBEAT = Duration.ofMillis(500);
  private static final Duration USUAL_HEARTBEAT = Duration.ofSeconds(5);
  private static final ConsumeOptions DEFAULTS = builder().build();

  private final int maxMessages;
  private final long maxBytes;
  private final int thresholdPercent;
  private final Duration expires;
  private final Duration heartbeat;
  private final long stopAfter;
  private final OnError onError;
  private final boolean releaseOnStop;
  private final OnDeleted onDeleted;
  private final @Nullable Duration keepAlive;
  private final int parallelism;
  private final @Nullable Function<? super JsMessage, ?> orderedBy;
  private final @Nullable Priority priority;
  private final @Nullable Consumer<? super PullEvent> listener;
  private final @Nullable Executor executor;
  private final String inboxPrefix;
  private final boolean bareNext;

  /** What becomes of a message whose handler throws before it has settled it. */
  public enum OnError {
    /** It is delivered again, after a delay that grows with the number of deliveries. */
    NAK,
    /** It is delivered again after the consumer's ack wait. */
    LEAVE,
    /** It is never delivered again. */
    TERM,
    /** It is delivered again at once, and the consumption ends. */
    STOP
  }

  private ConsumeOptions(Builder from) {
    maxMessages = from.maxMessages;
    maxBytes = from.maxBytes;
    thresholdPercent = from.thresholdPercent;
    expires = from.expires;
    heartbeat = from.heartbeat == null ? usualHeartbeat(from.expires) : from.heartbeat;
    stopAfter = from.stopAfter;
    onError = from.onError;
    releaseOnStop = from.releaseOnStop;
    onDeleted = from.onDeleted;
    keepAlive = from.keepAlive;
    parallelism = from.parallelism;
    orderedBy = from.orderedBy;
    priority = from.priority;
    listener = from.listener;
    executor = from.executor;
    inboxPrefix = from.inboxPrefix;
    bareNext = from.bareNext;
    if (heartbeat.multipliedBy(2).compareTo(expires) > 0) {
      throw new IllegalArgumentException(
          "a heartbeat of " + heartbeat + " is more than half of " + expires);
    }
  }

  private static Duration usualHeartbeat(Duration expires) {
    Duration half = expires.dividedBy(2);
    return half.compareTo(USUAL_HEARTBEAT) < 0 ? half : USUAL_HEARTBEAT;
  }

  /** All defaults. */
  public static ConsumeOptions defaults() {
    return DEFAULTS;
  }

  /** A builder with all defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** The bounds as the state machine takes them. */
  PullLimits limits() {
    int threshold = (int) Math.min(maxMessages - 1L, (long) maxMessages * thresholdPercent / 100);
    return new PullLimits(
        maxMessages,
        maxBytes,
        threshold,
        TimeUnit.NANOSECONDS.convert(expires),
        TimeUnit.NANOSECONDS.convert(heartbeat),
        stopAfter);
  }

  /** The same for a consumer without acknowledgements, and for so many messages. */
  ConsumeOptions inOrder(long messages) {
    Builder same = new Builder();
    same.maxMessages = maxMessages;
    same.maxBytes = maxBytes;
    same.thresholdPercent = thresholdPercent;
    same.expires = expires;
    same.heartbeat = heartbeat;
    same.stopAfter = messages;
    same.onError = onError == OnError.STOP ? OnError.STOP : OnError.LEAVE;
    same.releaseOnStop = false;
    same.priority = priority;
    same.listener = listener;
    same.inboxPrefix = inboxPrefix;
    return new ConsumeOptions(same);
  }

  long stopAfter() {
    return stopAfter;
  }

  OnError onError() {
    return onError;
  }

  boolean releaseOnStop() {
    return releaseOnStop;
  }

  OnDeleted onDeleted() {
    return onDeleted;
  }

  @Nullable Duration keepAlive() {
    return keepAlive;
  }

  int parallelism() {
    return parallelism;
  }

  @Nullable Function<? super JsMessage, ?> orderedBy() {
    return orderedBy;
  }

  @Nullable Priority priority() {
    return priority;
  }

  @Nullable Executor executor() {
    return executor;
  }

  /** What the subjects of its inboxes begin with; empty for what those of the client do. */
  String inboxPrefix() {
    return inboxPrefix;
  }

  boolean bareNext() {
    return bareNext;
  }

  /** Whether somebody wants to hear of events. */
  boolean hasListener() {
    return listener != null;
  }

  /** Tells the listener, if there is one, on that lane. */
  void tell(PullEvent event, Lane<Runnable> callbacks) {
    if (listener != null) {
      callbacks.add(() -> listener.accept(event));
    }
  }

  /** Collects the values of {@link ConsumeOptions}. Not thread-safe. */
  public static final class Builder {
    private int maxMessages = 500;
    private long maxBytes = 64L * 1024 * 1024;
    private int thresholdPercent = 50;
    private Duration expires = Duration.ofSeconds(30);
    private @Nullable Duration heartbeat;
    private long stopAfter = Long.MAX_VALUE;
    private OnError onError = OnError.NAK;
    private boolean releaseOnStop = true;
    private OnDeleted onDeleted = new OnDeleted.End();
    private @Nullable Duration keepAlive;
    private int parallelism = 1;
    private @Nullable Function<? super JsMessage, ?> orderedBy;
    private @Nullable Priority priority;
    private @Nullable Consumer<? super PullEvent> listener;
    private @Nullable Executor executor;
    private String inboxPrefix = "";
    private boolean bareNext;

    private Builder() {}

    /** Messages asked for or waiting for the handler, at most; 500 by default. */
    public Builder maxMessages(int messages) {
      if (messages < 1) {
        throw new IllegalArgumentException("not a number of messages: " + messages);
      }
      maxMessages = messages;
      return this;
    }

    /** Bytes asked for or waiting for the handler, at most; 64 MiB by default, 0 for no bound. */
    public Builder maxBytes(long bytes) {
      if (bytes < 0) {
        throw new IllegalArgumentException("not a number of bytes: " + bytes);
      }
      maxBytes = bytes;
      return this;
    }

    /** At which part of the messages it pulls again, 1 to 100; 50 by default. */
    public Builder thresholdPercent(int percent) {
      if (percent < 1 || percent > 100) {
        throw new IllegalArgumentException("not a percentage: " + percent);
      }
      thresholdPercent = percent;
      return this;
    }

    /** How long a pull waits at the server, at least 1 s; 30 s by default. */
    public Builder expires(Duration duration) {
      if (duration.compareTo(LEAST_EXPIRES) < 0) {
        throw new IllegalArgumentException("a pull waits at least 1 s, not " + duration);
      }
      expires = duration;
      return this;
    }

    /**
     * After how long without messages the server gives a sign of life, from 0.5 s to half of {@link
     * #expires}; the smaller of 5 s and that half by default. Twice that in silence, and the
     * consumption pulls again.
     */
    public Builder heartbeat(Duration duration) {
      if (duration.compareTo(LEAST_HEARTBEAT) < 0) {
        throw new IllegalArgumentException("a heartbeat is at least 0.5 s, not " + duration);
      }
      heartbeat = duration;
      return this;
    }

    /** Ends after so many messages; the server is never asked for more. */
    public Builder stopAfter(long messages) {
      if (messages < 1) {
        throw new IllegalArgumentException("not a number of messages: " + messages);
      }
      stopAfter = messages;
      return this;
    }

    /** What becomes of a message whose handler throws; {@link OnError#NAK} by default. */
    public Builder onError(OnError policy) {
      onError = policy;
      return this;
    }

    /**
     * What is done when the consumer is deleted; by default the consumption ends. An ordered
     * consumption always goes on with another consumer.
     */
    public Builder onDeleted(OnDeleted policy) {
      onDeleted = policy;
      return this;
    }

    /** Whether messages that wait when it is stopped are handed back at once; true by default. */
    public Builder releaseOnStop(boolean on) {
      releaseOnStop = on;
      return this;
    }

    /**
     * Has the server told that a message is worked on while it waits for the handler or is in it,
     * so that it is not delivered again, for this long after it came at most; off by default.
     *
     * <p>It is told each half of the consumer's ack wait. What was taken from {@link Messages} is
     * the taker's. Behind the limit {@link PullEvent.HandledTooLong} tells.
     */
    public Builder keepAlive(Duration limit) {
      if (limit.isNegative() || limit.isZero()) {
        throw new IllegalArgumentException("keepAlive must be positive, is " + limit);
      }
      keepAlive = limit;
      return this;
    }

    /**
     * How many messages are handled at the same time; 1 by default, in the order of the consumer.
     * More may be handled and settled in any order, but for those that {@link #orderedBy} keeps
     * together.
     */
    public Builder parallelism(int handlers) {
      if (handlers < 1) {
        throw new IllegalArgumentException("not a number of handlers: " + handlers);
      }
      parallelism = handlers;
      return this;
    }

    /**
     * Which messages are handled one after another, in order, when several are handled at a time:
     * those with an equal key, such as the subject. A message that comes again, because it was not
     * acknowledged, comes behind later ones of its key. A key that throws is a failure of the
     * handler.
     */
    public Builder orderedBy(Function<? super JsMessage, ?> key) {
      orderedBy = key;
      return this;
    }

    /** What pulls say to a consumer with priority groups; nothing by default. */
    public Builder priority(Priority member) {
      priority = member;
      return this;
    }

    /**
     * Where the handler runs; where the client's handlers run by default. What it refuses is not
     * handled. It is not shut down.
     */
    public Builder executor(Executor newExecutor) {
      executor = newExecutor;
      return this;
    }

    /**
     * What the subject begins with to which the messages come, with a dot at its end; as {@link
     * ClientOptions.Builder#inboxPrefix} by default.
     *
     * @throws IllegalArgumentException when it does not end with a dot or is no subject
     */
    public Builder inboxPrefix(String prefix) {
      inboxPrefix = Subjects.checkInboxPrefix(prefix);
      return this;
    }

    /**
     * Has {@link JsMessage#ackNext} ask for one message without saying how long, as clients of old
     * do; off by default. Such a pull has no expiry and no heartbeats: that it was lost is noticed
     * only when the connection is, so this is for who compares what goes over the wire.
     */
    public Builder bareNext(boolean on) {
      bareNext = on;
      return this;
    }

    /** Hears what the consumption notices, one event at a time, off the client's loop. */
    public Builder onEvent(Consumer<? super PullEvent> newListener) {
      listener = newListener;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException when the heartbeat is more than half of the expiry
     */
    public ConsumeOptions build() {
      return new ConsumeOptions(this);
    }
  }
}
