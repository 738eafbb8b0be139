// SPDX-License-Identifier: Apache-2.0
package dev.slipstream.client;

import java.util.concurrent.RejectedExecutionException;

/**
 * Says to a server who the client is.
 *
 * <p>Credentials that are read, signed or asked for are got off the loop.
 */
final class Introducer {
  private final ClientOptions options;
  private final OffLoop offLoop;

  Introducer(ClientOptions options, OffLoop offLoop) {
    this.options = options;
    this.offLoop = offLoop;
  }

  /** Answers a greeting, at once or later; ends the session when there is nothing to answer. */
  void introduce(Session session, String nonce) {
    Auth auth = Greeting.auth(options, session.server());
    boolean secure = session.isSecure();
    if (!Greeting.takesTime(auth)) {
      session.introduce(Greeting.connectOptions(options, auth, nonce, secure));
      return;
    }
    offLoop.call(
        () -> Greeting.connectOptions(options, auth, nonce, secure),
        session::introduce,
        cause -> session.end(shown(cause)));
  }

  private static Exception shown(Exception cause) {
    return cause instanceof RejectedExecutionException
        ? new AuthException("no thread to get credentials on", cause)
        : cause;
  }
}
