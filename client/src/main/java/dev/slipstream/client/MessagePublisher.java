// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.Objects;
import java.util.concurrent.Flow;

/** A consumer's messages for subscribers of {@link Flow}, each with a consumption of its own. */
final class MessagePublisher implements Flow.Publisher<JsMessage> {
  private final ConsumerLink link;
  private final ConsumeOptions options;

  MessagePublisher(ConsumerLink link, ConsumeOptions options) {
    this.link = link;
    this.options = options;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super JsMessage> subscriber) {
    new MessageFlow(link, options, Objects.requireNonNull(subscriber)).start();
  }
}
