// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.protocol.wire;

/**
 * What a parser calls for each operation, in the order of the wire.
 *
 * <p>Ranges and frames are valid during the call only. Every method may throw {@link
 * ProtocolException} to end the connection. The defaults refuse: a side implements what the other
 * side may send.
 */
public interface ProtocolHandler {

  /** INFO with its JSON. */
  default void onInfo(byte[] bytes, int from, int to) {
    throw ProtocolException.unknownOperation("INFO is not expected here");
  }

  /** CONNECT with its JSON. */
  default void onConnect(byte[] bytes, int from, int to) {
    throw ProtocolException.unknownOperation("CONNECT is not expected here");
  }

  /** PUB or HPUB. */
  default void onPublish(MessageFrame frame) {
    throw ProtocolException.unknownOperation("PUB is not expected here");
  }

  /**
   * SUB; subject, queue and sid are ranges of {@code line}, an absent queue is an empty range.
   *
   * @param at six indices: start and end of subject, queue and sid
   */
  default void onSubscribe(byte[] line, int[] at) {
    throw ProtocolException.unknownOperation("SUB is not expected here");
  }

  /** UNSUB; {@code max} is 0 when the operation has none. */
  default void onUnsubscribe(byte[] line, int sidStart, int sidEnd, long max) {
    throw ProtocolException.unknownOperation("UNSUB is not expected here");
  }

  /** MSG or HMSG. */
  default void onMessage(MessageFrame frame) {
    throw ProtocolException.unknownOperation("MSG is not expected here");
  }

  /** PING. */
  void onPing();

  /** PONG. */
  void onPong();

  /** {@code +OK}. */
  void onOk();

  /** {@code -ERR} with its text, quotes removed. */
  void onErr(String text);

  /**
   * Whether a message of {@code totalBytes} (headers and payload) may come; called before anything
   * is kept of it.
   */
  default void onMessageSize(long totalBytes) {}

  /** Whether header operations are understood on this connection. */
  default boolean headersSupported() {
    return true;
  }
}
