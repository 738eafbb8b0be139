// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.conformance;

import java.util.List;

/**
 * One step of a random script: something a client asks of a server.
 *
 * @param kind what is done
 * @param target the API call behind {@code $JS.API.}, the subject of a publish, or {@code
 *     STREAM.CONSUMER} of a pull
 * @param body the request's body; what an acknowledgement says
 * @param headers of a publish, "Key: value" each
 * @param index which of the messages delivered so far is acknowledged, modulo their number
 */
record ScriptStep(Kind kind, String target, String body, List<String> headers, int index) {

  /** What a step does. */
  enum Kind {
    /** An API call that changes something. */
    CALL,
    /** An API call that only asks; servers may need a moment until they agree. */
    ASK,
    /** A publish that waits for its answer. */
    PUBLISH,
    /** A pull that waits for its last message or status. */
    PULL,
    /** An acknowledgement that waits for its answer. */
    ACK
  }

  static ScriptStep call(String target, String body) {
    return new ScriptStep(Kind.CALL, target, body, List.of(), 0);
  }

  static ScriptStep ask(String target, String body) {
    return new ScriptStep(Kind.ASK, target, body, List.of(), 0);
  }

  static ScriptStep publish(String subject, String body, List<String> headers) {
    return new ScriptStep(Kind.PUBLISH, subject, body, headers, 0);
  }

  static ScriptStep pull(String consumer, String body) {
    return new ScriptStep(Kind.PULL, consumer, body, List.of(), 0);
  }

  static ScriptStep ack(int index, String body) {
    return new ScriptStep(Kind.ACK, "", body, List.of(), index);
  }

  @Override
  public String toString() {
    return switch (kind) {
      case CALL, ASK -> target + " " + body;
      case PUBLISH -> "publish " + target + " " + body + " " + headers;
      case PULL -> "pull " + target + " " + body;
      case ACK -> "ack " + index + " " + body;
    };
  }
}
