// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.base.Backoff;
import dev.slipstream.protocol.api.ApiReply;
import dev.slipstream.protocol.api.ConsumerCreateRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The messages of an {@link OrderedConsumer} on their way to a handler: consumptions of one
 * consumer after another, each going on where the one before was left.
 *
 * <p>A delivery that is not the next one ends its consumption, and what comes behind it is dropped;
 * so does the loss of the consumer. The next consumer is made when the handler has done with what
 * came before, so that no more waits for it than one window holds. Owner: the client's loop, but
 * for the place in the stream, which belongs to the handler while it runs and to the loop between
 * two consumers.
 */
final class OrderedConsumption implements Consumption {
  private static final int NAME_LENGTH = 8;

  private final ConsumerLink origin;
  private final Connection connection;
  private final OrderedOptions ordered;
  private final ConsumeOptions options;
  private final MessageHandler<? super JsMessage> handler;
  private final String prefix = Tokens.next(NAME_LENGTH) + "_";
  private final Backoff backoff;
  private final CompletableFuture<Closed> closed = new CompletableFuture<>();

  private volatile @Nullable PullSession part;
  private @Nullable Closed wanted;
  private int serial;

  // the place in the stream
  private long lastStreamSequence;
  private long lastConsumerSequence;
  private long taken;
  private boolean broken;

  OrderedConsumption(
      ConsumerLink origin,
      OrderedOptions ordered,
      ConsumeOptions options,
      MessageHandler<? super JsMessage> handler) {
    this.origin = origin;
    connection = origin.connection();
    this.ordered = ordered;
    this.options = options;
    this.handler = handler;
    backoff = origin.api().backoff();
  }

  /** Begins, with a consumer that is there already or, for null, with one that is made. */
  void start(@Nullable String consumer) {
    connection.drainables().add(this::drain, closed);
    connection.onLoop(
        () -> {
          if (consumer == null) {
            create();
          } else {
            begin(consumer);
          }
        });
  }

  @Override
  public void stop() {
    later(() -> want(new Closed.Stopped())); // nothing begins behind this
    PullSession present = part;
    if (present != null) {
      present.stop();
    }
    later(() -> endPart(PullSession::endSoon)); // it may have begun meanwhile
  }

  @Override
  public CompletableFuture<Closed> drain(Duration limit) {
    later(
        () -> {
          want(new Closed.Drained());
          endPart(present -> present.drain(limit));
        });
    return closed.copy();
  }

  @Override
  public CompletableFuture<Closed> closed() {
    return closed.copy();
  }

  @Override
  public ConsumptionState state() {
    PullSession present = part;
    return present == null
        ? new ConsumptionState(
            closed.isDone() ? "ENDED" : "WAITING", 0, 0, 0, 0, 0, 0, 0, Duration.ZERO)
        : present.state();
  }

  /** Runs a command on the loop; without one any more, all is over. */
  private void later(Runnable command) {
    if (!connection.loop().offer(command)) {
      closed.complete(new Closed.ConnectionClosed());
    }
  }

  // ---- on the loop

  /** All is over; what is chained to that runs off the loop. */
  private void over(Closed why) {
    connection.callbacks().add(() -> closed.complete(why));
  }

  private void want(Closed why) {
    wanted = wanted == null ? why : wanted;
  }

  /** What is under way ends, and without that all is over. */
  private void endPart(Consumer<PullSession> ending) {
    PullSession present = part;
    Closed why = wanted;
    if (present != null) {
      ending.accept(present);
    } else if (why != null) {
      over(why);
    }
  }

  private void create() {
    Closed why = wanted;
    if (why != null) {
      over(why);
      return;
    }
    String name = prefix + ++serial;
    ConsumerCreateRequest request = ordered.create(origin.stream(), name, lastStreamSequence);
    String filter = request.config().filterSubject();
    String subject = origin.api().subjects().consumerCreate(origin.stream(), name, filter);
    origin.api().ask(subject, request::write, (reply, failure) -> created(name, reply, failure));
  }

  private void created(String name, @Nullable ApiReply reply, @Nullable NatsException failure) {
    ApiException refusal = reply == null ? null : Api.refusal(reply);
    if (failure == null && refusal == null) {
      backoff.reset();
      tell(new PullEvent.Replaced(name, lastStreamSequence + 1));
      begin(name);
    } else if (failure instanceof ConnectionClosedException) {
      over(new Closed.ConnectionClosed());
    } else if (refusal instanceof StreamNotFoundException) {
      over(new Closed.StreamDeleted());
    } else {
      connection.loop().schedule(backoff.nextDelayNanos(), this::create);
    }
  }

  private void tell(PullEvent event) {
    options.tell(event, connection.callbacks());
  }

  private void begin(String consumer) {
    lastConsumerSequence = 0;
    broken = false;
    ConsumerLink link =
        new ConsumerLink(connection, origin.api(), origin.stream(), consumer, origin.watch());
    PullSession fresh =
        HandlerCalls.session(
            link, options.inOrder(options.stopAfter() - taken), null, this::handle);
    part = fresh;
    try {
      fresh.startDrainable();
    } catch (ConnectionClosedException over) {
      over(new Closed.ConnectionClosed());
      return;
    }
    fresh.closed().whenComplete((why, failure) -> later(() -> ended(consumer, why)));
    if (wanted != null) {
      fresh.endSoon();
    }
  }

  private void ended(String consumer, Closed why) {
    part = null;
    boolean incomplete = why instanceof Closed.LimitReached && taken < options.stopAfter();
    if (wanted == null && (broken || incomplete || why instanceof Closed.ConsumerDeleted)) {
      forget(consumer);
      create();
    } else {
      forget(consumer);
      Closed known = wanted;
      over(known == null ? why : known);
    }
  }

  /** The server need not keep the consumer until nobody has pulled for long enough. */
  private void forget(String consumer) {
    String subject = origin.api().subjects().consumerDelete(origin.stream(), consumer);
    if (connection.isUp()) { // otherwise it goes by itself
      origin.api().ask(subject, json -> {}, (reply, failure) -> {});
    }
  }

  // ---- for the handler's thread

  private void handle(JsMessage message) throws Exception {
    PullSession present = part;
    if (broken || present == null) {
      return; // comes again
    }
    MessageInfo info = message.info();
    if (info.consumerSequence() != lastConsumerSequence + 1) {
      broken = true;
      present.endSoon();
      return;
    }
    lastConsumerSequence++;
    lastStreamSequence = info.streamSequence();
    taken++;
    handler.onMessage(message);
  }
}
