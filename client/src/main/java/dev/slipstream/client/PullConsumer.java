// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ApiReply;
import dev.slipstream.protocol.api.ConsumerInfo;
import dev.slipstream.protocol.api.PauseRequest;
import dev.slipstream.protocol.api.ResetRequest;
import dev.slipstream.protocol.api.UnpinRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * One pull consumer: messages are delivered when they are asked for.
 *
 * <p>{@link #fetch(int)} asks once, {@link #consume(MessageHandler)} and {@link #messages()} keep
 * asking. Any number of threads, fetches and consumptions may share a consumer; each message goes
 * to one of them. A handle, thread-safe, with nothing to be closed.
 */
public final class PullConsumer {
  private final ConsumerLink link;
  private volatile @Nullable ConsumerInfo cached;

  PullConsumer(ConsumerLink link, @Nullable ConsumerInfo info) {
    this.link = link;
    this.cached = info;
  }

  /** The stream's name. */
  public String stream() {
    return link.stream();
  }

  /** The consumer's name. */
  public String name() {
    return link.consumer();
  }

  /** What the server says of it now. */
  public ConsumerInfo info() {
    ConsumerInfo info = link.api().consumerInfo(stream(), name());
    cached = info;
    return info;
  }

  /**
   * As {@link #info()}, without waiting; the future is completed off the client's loop and fails
   * with what the other throws.
   */
  public CompletableFuture<ConsumerInfo> infoAsync() {
    return link.api()
        .consumerInfoAsync(stream(), name())
        .thenApply(
            info -> {
              cached = info;
              return info;
            });
  }

  /** What the server said last; null for a handle that never asked. */
  public @Nullable ConsumerInfo cachedInfo() {
    return cached;
  }

  /** Deletes it; false when it was gone. */
  public boolean delete() {
    return link.api().deleteConsumer(stream(), name());
  }

  /**
   * Delivers nothing until then; whoever pulls meanwhile waits. A time that is over lets it go on.
   *
   * @return until when it is paused; empty when it is not
   */
  public Optional<Instant> pauseUntil(Instant time) {
    return pause(new PauseRequest(time));
  }

  /** Ends a pause. */
  public void resume() {
    pause(new PauseRequest(null));
  }

  private Optional<Instant> pause(PauseRequest request) {
    String subject = link.api().subjects().consumerPause(stream(), name());
    ApiReply reply = link.api().call(subject, request::write);
    return reply.paused() ? Optional.of(reply.pauseUntil()) : Optional.empty();
  }

  /**
   * Begins anew behind what is acknowledged; what was delivered beyond that comes again.
   *
   * @return the sequence of the stream that it goes on with
   */
  public long reset() {
    return reset(new ResetRequest(0));
  }

  /**
   * Begins anew with a sequence of the stream, from 1 on; it may lie before what was acknowledged.
   *
   * @return the sequence that it goes on with
   * @throws ApiException when its configuration begins later, or has no such begin
   */
  public long resetTo(long sequence) {
    if (sequence < 1) {
      throw new IllegalArgumentException("not a sequence: " + sequence);
    }
    return reset(new ResetRequest(sequence));
  }

  private long reset(ResetRequest request) {
    String subject = link.api().subjects().consumerReset(stream(), name());
    return link.api().call(subject, request::write).resetSeq();
  }

  /** Has the server pin another client of a priority group. */
  public void unpin(String group) {
    Subjects.checkName(group, "priority group");
    String subject = link.api().subjects().consumerUnpin(stream(), name());
    link.api().call(subject, new UnpinRequest(group)::write);
  }

  /** At most {@code messages}; waits 5 s for all of them. */
  public FetchResult fetch(int messages) {
    return fetch(Fetch.of(messages));
  }

  /** Asks once, as {@code fetch} says; returns at once, the result waits. */
  public FetchResult fetch(Fetch fetch) {
    FetchResult result = new FetchResult(link, fetch);
    result.start();
    return result;
  }

  /** The next message; waits 5 s for it. */
  public Optional<JsMessage> next() {
    return next(Fetch.DEFAULT_WAIT);
  }

  /**
   * The next message; empty when none comes in time.
   *
   * @throws NatsException when the fetch failed
   */
  public Optional<JsMessage> next(Duration within) {
    Iterator<JsMessage> one = fetch(Fetch.of(1).within(within)).iterator();
    return one.hasNext() ? Optional.of(one.next()) : Optional.empty();
  }

  /** Has {@code handler} called for each message, until the result is stopped. */
  public Consumption consume(MessageHandler<? super JsMessage> handler) {
    return consume(ConsumeOptions.defaults(), handler);
  }

  /** Has {@code handler} called for each message, as the options say. */
  public Consumption consume(ConsumeOptions options, MessageHandler<? super JsMessage> handler) {
    PullSession consumption =
        HandlerCalls.session(
            link, options, keepAlive(options), DeliveryWatch.around(link.watch(), handler));
    consumption.startDrainable();
    return consumption;
  }

  private @Nullable KeepAlive keepAlive(ConsumeOptions options) {
    if (options.keepAlive() == null) {
      return null;
    }
    ConsumerInfo known = cached;
    ConsumerInfo info = known == null ? info() : known;
    return KeepAlive.of(link.connection(), options, info.config());
  }

  /** All messages, pulled ahead, for threads that take them. */
  public Messages messages() {
    return messages(ConsumeOptions.defaults());
  }

  /**
   * All messages, pulled ahead as the options say.
   *
   * @throws IllegalArgumentException when the options ask for several handlers at a time: as many
   *     threads may take messages as like
   */
  public Messages messages(ConsumeOptions options) {
    if (options.parallelism() > 1) {
      throw new IllegalArgumentException("messages() has no handlers; take from several threads");
    }
    PulledMessages messages = new PulledMessages(link, options, keepAlive(options));
    messages.start();
    return messages;
  }

  /** All messages, for subscribers of {@link Flow}; see {@link #publisher(ConsumeOptions)}. */
  public Flow.Publisher<JsMessage> publisher() {
    return publisher(ConsumeOptions.defaults());
  }

  /**
   * All messages, for subscribers of {@link Flow}: what a subscriber requests is pulled, within the
   * window of the options, and nothing else.
   *
   * <p>Each subscriber has a consumption of its own, and each message goes to one of them. An end
   * that was asked for completes it, any other is a {@link ConsumeEndedException}; cancelling hands
   * back what has not been signalled.
   *
   * @throws IllegalArgumentException when the options ask for several handlers at a time
   */
  public Flow.Publisher<JsMessage> publisher(ConsumeOptions options) {
    if (options.parallelism() > 1) {
      throw new IllegalArgumentException("a subscriber gets one message at a time");
    }
    return subscriber ->
        new MessageFlow(link, options, keepAlive(options), Objects.requireNonNull(subscriber))
            .start();
  }

  @Override
  public String toString() {
    return stream() + " > " + name();
  }
}
