// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

/** Why a fetch gave no more messages. */
public sealed interface End {

  /** As many messages as were asked for. */
  record Filled() implements End {}

  /** As many bytes as were asked for, or the next message would have been one too many. */
  record BytesReached() implements End {}

  /** The time was up. */
  record Expired() implements End {}

  /** There was nothing more, and the fetch was not to wait. */
  record Dry() implements End {}

  /** The first message is larger than the bytes that were asked for. */
  record TooBig() implements End {}

  /** It was closed before. */
  record Cancelled() implements End {}

  /** It could not go on: refused, the consumer is gone, or no connection in time. */
  record Failed(NatsException cause) implements End {}
}
