// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import dev.slipstream.protocol.api.ConsumerInfo;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a stream in its order, each once, without acknowledgements: a consumer of the
 * server that is replaced by another, which goes on behind the last message that was handled,
 * whenever one is missing or the consumer is gone.
 *
 * <p>Each consumption has consumers of its own. A handle, thread-safe, with nothing to be closed.
 * Source: ADR-17.
 */
public final class OrderedConsumer {
  private final ConsumerLink link;
  private final OrderedOptions options;
  private final ConsumerInfo created;

  /** The consumer that was made with this handle, until a consumption takes it. */
  private final AtomicReference<@Nullable String> unused;

  OrderedConsumer(ConsumerLink link, OrderedOptions options, ConsumerInfo created) {
    this.link = link;
    this.options = options;
    this.created = created;
    unused = new AtomicReference<>(created.name());
  }

  /** The stream's name. */
  public String stream() {
    return link.stream();
  }

  /** What the server said when it made the first consumer, such as how many messages wait. */
  public ConsumerInfo createdInfo() {
    return created;
  }

  /**
   * What the server says now of the consumer that delivered {@code message}.
   *
   * @throws ApiException when it has none of that name any more
   */
  public ConsumerInfo info(JsMessage message) {
    return link.api().consumerInfo(stream(), message.info().consumer());
  }

  /** Has {@code handler} called for each message, until the result is stopped. */
  public Consumption consume(MessageHandler<? super JsMessage> handler) {
    return consume(ConsumeOptions.defaults(), handler);
  }

  /**
   * Has {@code handler} called for each message, as the options say. What a failed handler could do
   * to a message does not apply here, but that it may {@linkplain ConsumeOptions.OnError#STOP end}
   * the consumption.
   *
   * @throws IllegalArgumentException when the options ask for several handlers at a time
   */
  public Consumption consume(
      ConsumeOptions consumeOptions, MessageHandler<? super JsMessage> handler) {
    checkOneAtATime(consumeOptions);
    OrderedConsumption consumption =
        new OrderedConsumption(
            link, options, consumeOptions, DeliveryWatch.around(link.watch(), handler));
    consumption.start(unused.getAndSet(null));
    return consumption;
  }

  /** All messages, pulled ahead, for threads that take them. */
  public Messages messages() {
    return messages(ConsumeOptions.defaults());
  }

  /**
   * All messages, pulled ahead as the options say, and up to 16 more. Several takers get each
   * message once, in order; how far they are with it is theirs to know.
   *
   * @throws IllegalArgumentException when the options ask for several handlers at a time
   */
  public Messages messages(ConsumeOptions consumeOptions) {
    checkOneAtATime(consumeOptions);
    OrderedMessages messages = new OrderedMessages(link, options, consumeOptions);
    messages.start(unused.getAndSet(null));
    return messages;
  }

  private static void checkOneAtATime(ConsumeOptions options) {
    if (options.parallelism() > 1) {
      throw new IllegalArgumentException("messages in order are handled one at a time");
    }
  }

  @Override
  public String toString() {
    return stream() + " in order";
  }
}
