// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client.bucket;

import dev.slipstream.client.JetStream;
import dev.slipstream.client.JsMessage;
import dev.slipstream.client.JsStream;
import dev.slipstream.client.OrderedConsumer;
import dev.slipstream.client.Outgoing;
import dev.slipstream.client.PublishOptions;
import dev.slipstream.protocol.api.PurgeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The messages of a bucket of objects that describe them, one for each name.
 *
 * @param js where they are published
 * @param stream the stream that is the bucket
 * @param bucket the bucket
 */
record Descriptions(JetStream js, JsStream stream, String bucket) {

  /** What their subjects begin with. */
  static String prefix(String bucket) {
    return "$O." + bucket + ".M.";
  }

  private String subject(String name) {
    return prefix(bucket) + Digests.token(name);
  }

  /** An object's description, also of one that was deleted; empty when there was never one. */
  Optional<ObjectInfo> find(String name) {
    return stream
        .lastMessage(subject(name))
        .map(message -> ObjectInfo.read(message.payload(), message.time()));
  }

  /** Puts a description in the place of the one of that name. */
  void write(ObjectInfo info) {
    Outgoing message =
        Outgoing.to(subject(info.name())).header("Nats-Rollup", "sub").payload(info.write());
    js.publish(message, PublishOptions.none());
  }

  /** Removes a description without a trace. */
  void drop(String name) {
    stream.purge(new PurgeRequest(0, subject(name), 0));
  }

  /** All that there are, as the options say. */
  List<ObjectInfo> list(WatchOptions options) {
    List<ObjectInfo> found = new ArrayList<>();
    FoundMessages.forEach(
        ordered(options),
        js.options().timeout(),
        message -> read(message, options).ifPresent(found::add));
    return List.copyOf(found);
  }

  /** They and their changes, as the options say. */
  OrderedConsumer ordered(WatchOptions options) {
    return stream.orderedConsumer(options.ofObjects().ordered(prefix(bucket) + ">"));
  }

  /** What a message describes, if it is one of those that come. */
  static Optional<ObjectInfo> read(JsMessage message, WatchOptions options) {
    ObjectInfo info = ObjectInfo.read(message.payload(), message.info().time());
    return Optional.of(info).filter(options::brings);
  }
}
