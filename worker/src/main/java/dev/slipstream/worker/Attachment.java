// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.worker;

import dev.slipstream.client.ClientEvent;
import dev.slipstream.client.NatsClient;
import java.util.function.Consumer;

/**
 * A worker's ear at a client, to hear that the connection is lost or stands again.
 *
 * <p>Thread-safe; the listener is called by the client.
 */
final class Attachment {
  private final NatsClient client;
  private final ClientEvent.Registration registration;

  Attachment(NatsClient client, Consumer<? super ClientEvent> listener) {
    this.client = client;
    this.registration = client.onEvent(listener);
  }

  NatsClient client() {
    return client;
  }

  void detach() {
    registration.close();
  }
}
